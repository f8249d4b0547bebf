import type { Ratio } from '../../planes/ratio.js';

/** The largest denominator of a scale. */
const largestDenominator = 8;

/**
 * A scale as a ratio of whole numbers with a denominator up to 8: 3/2 for 1.5. Throws a RangeError
 * for any other.
 */
export function ratioOf(scale: number): Ratio {
  for (let den = 1; den <= largestDenominator; den++) {
    const num = Math.round(scale * den);
    if (Math.abs(scale * den - num) < 1e-6) return { num, den };
  }
  throw new RangeError(`${scale} is no ratio of small whole numbers`);
}
