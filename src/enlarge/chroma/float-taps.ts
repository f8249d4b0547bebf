import type { ChromaSiting } from '../../planes/siting.js';
import { sitingPlace } from '../bicubic/bicubic-taps.js';

/** The weights of a resampling along one axis, in float. */
export type FloatTaps = {
  /**
   * Per phase (output sample `n * phases + p`): the first source sample read, relative to `n` in
   * chroma, and to `n * step` in luma.
   */
  readonly first: readonly number[];
  /** Per phase: the weights of the consecutive source samples from `first`; they add up to 1. */
  readonly weights: readonly (readonly number[])[];
};

/** A kernel's value at a distance in samples, and how many samples it reaches each way. */
type Kernel = { readonly at: (x: number) => number; readonly reach: number };

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Lanczos with three lobes. */
export const lanczos3: Kernel = {
  at: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0),
  reach: 3,
};

/** Bicubic, a = -0.5. */
export const cubic: Kernel = {
  at(x) {
    const d = Math.abs(x);
    if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
    return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
  },
  reach: 2,
};

/** A straight line between neighbours. */
export const linear: Kernel = { at: (x) => Math.max(0, 1 - Math.abs(x)), reach: 1 };

/** Taps of `kernel` for output samples at `positions`, one a phase, in source samples. */
export function tapsAt(positions: readonly number[], { at, reach }: Kernel): FloatTaps {
  const first = positions.map((position) => Math.floor(position) - reach + 1);
  const weights = positions.map((position, phase) => {
    const values = Array.from({ length: 2 * reach }, (_, tap) =>
      at(position - (first[phase]! + tap)),
    );
    const sum = values.reduce((total, value) => total + value, 0);
    return values.map((value) => value / sum);
  });
  return { first, weights };
}

/** Where chroma lies along one axis, and where enlarging it looks. */
export type ChromaAxis = {
  /** Luma samples to a chroma sample: 1 or 2. */
  readonly step: 1 | 2;
  /**
   * Luma samples from the first of a pair to the chroma sample that stands for both: 0, 1/2 or 1.
   */
  readonly place: number;
  /** Per phase, the position of an enlarged chroma sample among the source's chroma samples. */
  readonly inChroma: readonly number[];
  /** The same among the source's luma samples, relative to `step` times the chroma sample. */
  readonly inLuma: readonly number[];
};

/**
 * Chroma that is `subsampled` along this axis, enlarged `scale` times to the same siting: sample i
 * lies at luma `2i + place`, and enlarged at `2J + place` of the larger luma.
 */
export function chromaAxis(
  subsampled: boolean,
  scale: number,
  siting: ChromaSiting,
  axis: 'x' | 'y',
): ChromaAxis {
  const step = subsampled ? 2 : 1;
  const place = subsampled ? sitingPlace(siting)[axis] : 0;
  const phases = Array.from({ length: scale }, (_, phase) => phase);
  const inLuma = phases.map((phase) => (step * phase + place + 0.5) / scale - 0.5);
  return { step, place, inLuma, inChroma: inLuma.map((luma) => (luma - place) / step) };
}
