/** A fraction, as ffmpeg writes time bases, rates and aspect ratios: `num / den`. */
export type Ratio = { readonly num: number; readonly den: number };

/** Frames per second that are assumed where a clip does not state its rate. */
export const usualRate: Ratio = { num: 25, den: 1 };

/** Frames per second as a number; `usualRate` where the rate is unknown. */
export function framesPerSecond(rate: Ratio | null): number {
  const { num, den } = rate ?? usualRate;
  return num / den;
}

/** The greatest whole number that divides both. */
export function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** The same ratio in the smallest whole numbers. */
export function inLowestTerms({ num, den }: Ratio): Ratio {
  const divisor = greatestDivisor(num, den);
  return { num: num / divisor, den: den / divisor };
}
