import type { Plane } from '../../src/planes/plane.js';

/**
 * How visible the borders of patches of `side` samples are: the mean absolute step between two
 * neighbours across a border, divided by that between two neighbours elsewhere, horizontally and
 * vertically; about 1 where no border shows. Only each `phase`-th place is measured: at a fraction
 * such as 3/2 the steps of an enlargement differ by where they lie between the source's samples,
 * which repeats every 3 samples, and only equal places can be compared.
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
