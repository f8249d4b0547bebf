import { resizePlane } from '../../src/planes/resize.js';
import type { Plane } from '../../src/planes/plane.js';

/** What is known at the time of one field, and what should be made of it. */
export type SeenField = {
  /** The picture that the deinterlacer makes. */
  readonly made: Plane;
  /**
   * Pictures from two fields before this one to two after it. Only the lines that a clip of fields
   * keeps of each may be read: every second one, from `first` on in this one and the outer ones.
   */
  readonly pictures: readonly [Plane, Plane, Plane, Plane, Plane];
  /** The first line that is kept of this field: 0 for a top field, 1 for a bottom one. */
  readonly first: 0 | 1;
  /** The true picture of this time, twice as large. */
  readonly truth: Plane;
};

/** Field `i` of a clip whose pictures (as they were interlaced) and deinterlaced ones are given. */
export function seenField(
  i: number,
  order: 'top' | 'bottom',
  pictures: readonly Plane[],
  made: readonly Plane[],
  truths: readonly Plane[],
): SeenField {
  const [a, b, c, d, e] = pictures.slice(i - 2, i + 3) as [Plane, Plane, Plane, Plane, Plane];
  const first = (i % 2 === 0) === (order === 'top') ? 0 : 1;
  return { made: made[i]!, pictures: [a, b, c, d, e], first, truth: truths[i]! };
}

/** A deinterlaced picture enlarged twice by bicubic. */
export function doubled({ data, width, height }: Plane): Plane {
  return resizePlane({ data, width, height }, 2 * width, 2 * height);
}
