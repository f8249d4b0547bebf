import type { Plane } from '../../src/planes/plane.js';

/**
 * How much the borders of patches `side` samples apart show: the mean step between neighbours
 * across a border, over the mean step elsewhere, both ways. 1 where nothing shows. Places are
 * compared that lie alike between the samples of the source, which is so every `phase` samples: an
 * enlargement at 3/2 has steps of three sizes in turn.
 */
export function seams({ data, width, height }: Plane, side: number, phase: number): number {
  const sums = { border: 0, borders: 0, inner: 0, inners: 0 };
  const add = (at: number, before: number, place: number): void => {
    if (place % phase !== 0) return;
    const step = Math.abs(data[at]! - data[before]!);
    if (place % side === 0) {
      sums.border += step;
      sums.borders++;
    } else {
      sums.inner += step;
      sums.inners++;
    }
  };
  for (let y = 1; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const at = y * width + x;
      add(at, at - 1, x);
      add(at, at - width, y);
    }
  }
  return sums.border / sums.borders / (sums.inner / sums.inners);
}
