import type { Plane } from '../../planes/plane.js';
import type { Taps } from './bicubic-taps.js';

/**
 * Index of the sample that stands for sample `i` of `length`: the border is mirrored, edge sample
 * repeated, as imresize does.
 */
export function mirrored(i: number, length: number): number {
  while (i < 0 || i >= length) i = i < 0 ? -1 - i : 2 * length - 1 - i;
  return i;
}

/** Bicubic enlarging of planes of one width, with scratch memory kept between calls. */
export type PlaneEnlarger = {
  /** From now on, rows are made from `source`. */
  begin(source: Plane): void;
  /**
   * The bicubic samples of larger row `row`, columns `x0 * scale` to `x1 * scale`, written to
   * `target` from `offset`: rounded half up and clipped to the bit depth.
   */
  row(row: number, x0: number, x1: number, target: Uint8Array | Uint16Array, offset: number): void;
};

/** Sum of absolute weights of the heaviest phase. */
function weight(taps: Taps): number {
  return Math.max(
    ...taps.weights.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)),
  );
}

/**
 * Whether all sums of two passes of these taps over samples of `bitDepth` bits fit a 32-bit
 * integer.
 */
export function fitsInt32(a: Taps, b: Taps, bitDepth: number): boolean {
  const peak = 2 ** bitDepth - 1;
  return peak * weight(a) * weight(b) + (a.denominator * b.denominator) / 2 < 2 ** 31;
}

/** Samples of context kept each side of a row between the two passes: more than any phase reads. */
const margin = 4;

/**
 * Prepares bicubic enlarging by `horizontal` and `vertical` taps for planes `width` samples wide,
 * in plain JavaScript: for all scales and depths. `rowEnlarger` is as exact and faster where it
 * can.
 */
export function planeEnlarger(
  horizontal: Taps,
  vertical: Taps,
  width: number,
  bitDepth: number,
): PlaneEnlarger {
  const length = width + 2 * margin;
  // Both give the same whole numbers; 32-bit integers are faster where they suffice.
  const whole = fitsInt32(horizontal, vertical, bitDepth);
  const between = whole ? new Int32Array(length) : new Float64Array(length);
  const denominator = horizontal.denominator * vertical.denominator;
  const shift = Math.log2(denominator);
  const peak = 2 ** bitDepth - 1;
  const finish =
    whole && Number.isInteger(shift)
      ? (span: Span, phase: number) => shiftedPhase(horizontal, span, phase, shift, peak)
      : (span: Span, phase: number) => dividedPhase(horizontal, span, phase, denominator, peak);
  let source: Plane | undefined;
  return {
    begin(plane) {
      source = plane;
    },
    row(row, x0, x1, target, offset) {
      if (source === undefined) throw new Error('row() was called before begin()');
      const span = { between, x0, x1, target, offset };
      verticalPass(vertical, source, row, span);
      for (let phase = 0; phase < horizontal.first.length; phase++) finish(span, phase);
    },
  };
}

/**
 * The part of a larger row that is made: from source columns `x0` to `x1`, into `target` from
 * `offset`.
 */
type Span = {
  /** The row between the two passes, `margin` samples longer than the plane on each side. */
  readonly between: Int32Array | Float64Array;
  readonly x0: number;
  readonly x1: number;
  readonly target: Uint8Array | Uint16Array;
  readonly offset: number;
};

/**
 * Weighs four source rows into `between`, columns x0 - margin to x1 + margin, mirrored beyond the
 * plane.
 */
function verticalPass(taps: Taps, source: Plane, row: number, { between, x0, x1 }: Span): void {
  const { data, width, height } = source;
  const phases = taps.first.length;
  const phase = row % phases;
  const first = (row - phase) / phases + taps.first[phase]!;
  const [w0, w1, w2, w3] = taps.weights[phase] as [number, number, number, number];
  const r0 = mirrored(first, height) * width;
  const r1 = mirrored(first + 1, height) * width;
  const r2 = mirrored(first + 2, height) * width;
  const r3 = mirrored(first + 3, height) * width;
  const start = Math.max(0, x0 - margin);
  const end = Math.min(width, x1 + margin);
  for (let x = start; x < end; x++) {
    between[x + margin] =
      data[r0 + x]! * w0 + data[r1 + x]! * w1 + data[r2 + x]! * w2 + data[r3 + x]! * w3;
  }
  for (let x = x0 - margin; x < 0; x++) between[x + margin] = between[mirrored(x, width) + margin]!;
  for (let x = width; x < x1 + margin; x++) {
    between[x + margin] = between[mirrored(x, width) + margin]!;
  }
}

/** Weighs `between` into every sample of one phase, where the denominator is a power of two. */
function shiftedPhase(
  taps: Taps,
  { between, x0, x1, target, offset }: Span,
  phase: number,
  shift: number,
  peak: number,
): void {
  const [w0, w1, w2, w3] = taps.weights[phase] as [number, number, number, number];
  const phases = taps.first.length;
  const half = shift === 0 ? 0 : 1 << (shift - 1);
  let at = x0 + margin + taps.first[phase]!;
  for (let out = offset + phase, n = x1 - x0; n > 0; n--, at++, out += phases) {
    const sum =
      (Math.imul(between[at]!, w0) +
        Math.imul(between[at + 1]!, w1) +
        Math.imul(between[at + 2]!, w2) +
        Math.imul(between[at + 3]!, w3) +
        half) >>
      shift;
    target[out] = sum < 0 ? 0 : sum > peak ? peak : sum;
  }
}

/** As `shiftedPhase`, for every denominator. */
function dividedPhase(
  taps: Taps,
  { between, x0, x1, target, offset }: Span,
  phase: number,
  denominator: number,
  peak: number,
): void {
  const [w0, w1, w2, w3] = taps.weights[phase] as [number, number, number, number];
  const phases = taps.first.length;
  let at = x0 + margin + taps.first[phase]!;
  for (let out = offset + phase, n = x1 - x0; n > 0; n--, at++, out += phases) {
    const sum =
      between[at]! * w0 + between[at + 1]! * w1 + between[at + 2]! * w2 + between[at + 3]! * w3;
    const rounded = Math.floor((sum + denominator / 2) / denominator);
    target[out] = rounded < 0 ? 0 : rounded > peak ? peak : rounded;
  }
}
