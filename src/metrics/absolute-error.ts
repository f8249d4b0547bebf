import type { Plane } from '../planes/plane.js';

/**
 * Mean absolute error of `actual` against `reference`, in sample values as stored. `border` samples
 * are left out on each side. Throws RangeError for planes of different sizes.
 */
export function meanAbsoluteError(reference: Plane, actual: Plane, border = 0): number {
  const { width, height } = reference;
  if (actual.width !== width || actual.height !== height) {
    throw new RangeError(
      `expected planes of one size but received ${width}x${height} and ${actual.width}x${actual.height}`,
    );
  }
  let sum = 0;
  for (let y = border; y < height - border; y++) {
    for (let i = y * width + border, end = (y + 1) * width - border; i < end; i++) {
      sum += Math.abs(reference.data[i]! - actual.data[i]!);
    }
  }
  return sum / ((width - 2 * border) * (height - 2 * border));
}
