import type { Plane } from '../../planes/plane.js';

/** Sums of squared differences over a run of source rows and the larger rows made from them. */
export type RowSums = {
  /** The larger picture against plain bicubic of the source. */
  readonly toBicubic: number;
  /** The larger picture, reduced by bicubic to the source's size, against the source. */
  readonly toSource: number;
  /** Plain bicubic of the source against the reference; 0 without one. */
  readonly bicubicToTruth: number;
};

/**
 * Measures rows `y0` to `y1` of a source against the enlarged picture. "Standing" are those
 * figures of the log that need no reference, so that every log has them.
 */
export type StandingScorer = {
  /** Plain bicubic of the rows that are measured is written to `bicubic`. */
  begin(source: Plane, larger: Plane, truth: Plane | null, bicubic: Plane): void;
  rows(y0: number, y1: number): RowSums;
};

/** Sum of squared differences of `length` samples. */
export function rowError(
  a: Plane['data'],
  aStart: number,
  b: Plane['data'],
  bStart: number,
  length: number,
): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const d = a[aStart + i]! - b[bStart + i]!;
    sum += d * d;
  }
  return sum;
}
