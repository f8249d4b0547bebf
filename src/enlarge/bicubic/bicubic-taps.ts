import type { ChromaSiting } from '../../planes/siting.js';

/**
 * The weights of one bicubic resampling along one axis, as whole numbers over one denominator, so
 * that a sum of samples is exact however it is ordered, and a constant stays that constant.
 */
export type Taps = {
  /**
   * Per phase (output sample `n * phases + p`): the first source sample read, relative to `n *
   * step`, where `step` is 1 for enlarging and `scale` for reducing.
   */
  readonly first: readonly number[];
  /**
   * Per phase: the weights of the consecutive source samples from `first`; they add up to
   * `denominator`.
   */
  readonly weights: readonly (readonly number[])[];
  readonly denominator: number;
};

/** Bicubic kernel (a = -0.5) at `n / d`, times `2 d^3`: a whole number. Keys 1981, equation 15. */
function cubic(n: number, d: number): number {
  const x = Math.abs(n);
  if (x < d) return 3 * x ** 3 - 5 * x * x * d + 2 * d ** 3;
  if (x < 2 * d) return -(x ** 3) + 5 * x * x * d - 8 * x * d * d + 4 * d ** 3;
  return 0;
}

function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return Math.abs(a);
}

function reduced(first: number[], weights: number[][], denominator: number): Taps {
  const common = weights.flat().reduce(divisor, denominator);
  return {
    first,
    weights: weights.map((row) => row.map((weight) => weight / common)),
    denominator: denominator / common,
  };
}

/**
 * Taps that enlarge `scale` times. Output sample J lies at source sample
 * `(J + 1/2) / scale - 1/2 + shift`, where `shift` is `shiftQuarters / (4 scale)`.
 */
export function enlargingTaps(scale: number, shiftQuarters = 0): Taps {
  // All positions are multiples of 1 / (4 scale).
  const d = 4 * scale;
  const first: number[] = [];
  const weights: number[][] = [];
  for (let phase = 0; phase < scale; phase++) {
    const position = 4 * phase + 2 - 2 * scale + shiftQuarters;
    const start = Math.floor(position / d) - 1;
    first.push(start);
    weights.push([0, 1, 2, 3].map((tap) => cubic(position - (start + tap) * d, d)));
  }
  return reduced(first, weights, 2 * d ** 3);
}

/**
 * Taps that reduce `scale` times with antialiasing: the kernel stretched by `scale`, as imresize
 * does.
 */
export function reducingTaps(scale: number): Taps {
  const d = 2 * scale;
  // Output n lies at source sample scale * n + (scale - 1) / 2, in halves below.
  const start = Math.floor((scale - 1) / 2 - 2 * scale) + 1;
  const weights: number[] = [];
  for (let tap = start; 2 * tap - (scale - 1) < 4 * scale; tap++) {
    weights.push(cubic(2 * tap - (scale - 1), d));
  }
  return reduced(
    [start],
    [weights],
    weights.reduce((sum, weight) => sum + weight, 0),
  );
}

/** Where a siting puts the chroma sample within its pair of luma samples, in halves: 0, 1 or 2. */
const place: Readonly<Record<ChromaSiting, { readonly x: number; readonly y: number }>> = {
  left: { x: 0, y: 1 },
  center: { x: 1, y: 1 },
  topleft: { x: 0, y: 0 },
  top: { x: 1, y: 0 },
  bottomleft: { x: 0, y: 2 },
  bottom: { x: 1, y: 2 },
};

/**
 * Luma samples from the first of a pair to the chroma sample that stands for both, each way: 0, 1/2
 * or 1.
 */
export function sitingPlace(siting: ChromaSiting): { readonly x: number; readonly y: number } {
  return { x: place[siting].x / 2, y: place[siting].y / 2 };
}

/**
 * The `shiftQuarters` for enlarging chroma along a subsampled axis, so that the larger chroma has
 * the same siting against the larger luma.
 *
 * A chroma sample i lies at luma 2i + f; after enlarging, at 2J + f of the larger luma, which is
 * `((2J + f + 1/2) / scale - 1/2 - f) / 2` in chroma samples: against centred bicubic a shift of
 * `(1/2 - f)(1 - 1/scale) / 2`, for f = 0 the (1 - 1/scale) / 4 by which left-sited chroma lies
 * further right.
 */
export function sitingShift(scale: number, siting: ChromaSiting, axis: 'x' | 'y'): number {
  return (1 - place[siting][axis]) * (scale - 1);
}
