import { planeOf } from '../planes/frame.js';
import type { FrameLayout } from '../planes/pixel-format.js';
import type { Plane } from '../planes/plane.js';
import { enlargingTaps, reducingTaps, type Taps } from './bicubic-taps.js';
import { fitsInt32, mirrored, planeEnlarger } from './enlarge-plane.js';

/** Mean squared errors of one larger frame, in squared sample values; `null` where not computed. */
export type FrameScores = {
  /** Against the reference, by plane. */
  readonly y: number | null;
  readonly u: number | null;
  readonly v: number | null;
  /** Plain bicubic of the source against the reference, luma. */
  readonly yBicubic: number | null;
  /** The larger luma against plain bicubic of the source: how much the network changed. */
  readonly toBicubicY: number | null;
  /** The larger luma, reduced by bicubic to the source's size, against the source. */
  readonly toSourceY: number | null;
};

/** The scores of a frame that is not measured. */
export const noScores: FrameScores = {
  y: null,
  u: null,
  v: null,
  yBicubic: null,
  toBicubicY: null,
  toSourceY: null,
};

/** Measures one larger frame. With `standing`, the columns that need no reference too. */
export type Scorer = (
  frame: Uint8Array,
  larger: Uint8Array,
  reference: Uint8Array | null,
  standing: boolean,
) => FrameScores;

/** Prepares measuring of frames of `larger` made from `layout`. */
export function scorer(layout: FrameLayout, larger: FrameLayout, scale: number): Scorer {
  const { bitDepth, chroma } = layout.format;
  const taps = enlargingTaps(scale);
  const bicubic = planeEnlarger(taps, taps, layout.width, bitDepth);
  const row =
    layout.sampleBytes === 1 ? new Uint8Array(larger.width) : new Uint16Array(larger.width);
  const toSource = sourceComparer(layout, scale);
  return (frame, into, reference, standing) => {
    const source = planeOf(frame, layout, 0);
    const y = planeOf(into, larger, 0);
    const truth = reference === null ? null : planeOf(reference, larger, 0);
    let toBicubic = 0;
    let bicubicToTruth = 0;
    for (let line = 0; line < larger.height; line++) {
      bicubic.row(source, line, 0, source.width, row, 0);
      const start = line * larger.width;
      if (standing) toBicubic += rowError(row, 0, y.data, start, larger.width);
      if (truth !== null) bicubicToTruth += rowError(row, 0, truth.data, start, larger.width);
    }
    const count = larger.width * larger.height;
    const against = (plane: number): number | null => {
      if (reference === null || (plane > 0 && chroma === null)) return null;
      return planeError(planeOf(reference, larger, plane), planeOf(into, larger, plane));
    };
    return {
      y: against(0),
      u: against(1),
      v: against(2),
      yBicubic: truth === null ? null : bicubicToTruth / count,
      toBicubicY: standing ? toBicubic / count : null,
      toSourceY: standing ? toSource(source, y) / (layout.width * layout.height) : null,
    };
  };
}

/** Sum of squared differences of `length` samples. */
function rowError(
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

function planeError(a: Plane, b: Plane): number {
  let sum = 0;
  for (let y = 0; y < a.height; y++) {
    sum += rowError(a.data, y * a.width, b.data, y * a.width, a.width);
  }
  return sum / (a.width * a.height);
}

/** Prepares the sum of squared differences between a source and its larger picture reduced again. */
function sourceComparer(
  layout: FrameLayout,
  scale: number,
): (source: Plane, larger: Plane) => number {
  const taps = reducingTaps(scale);
  const peak = 2 ** layout.format.bitDepth - 1;
  const largerWidth = layout.width * scale;
  const length = largerWidth + 4 * scale;
  const between = fitsInt32(taps, taps, layout.format.bitDepth)
    ? new Int32Array(length)
    : new Float64Array(length);
  return (source, larger) => {
    let sum = 0;
    for (let y = 0; y < source.height; y++) {
      reducedColumns(taps, scale, larger, y, between);
      sum += reducedRowError(taps, scale, between, source, y, peak);
    }
    return sum;
  };
}

/** Weighs the larger rows of source row `y` into `between`, which begins 2 * scale samples before the row. */
function reducedColumns(
  taps: Taps,
  scale: number,
  larger: Plane,
  y: number,
  between: Int32Array | Float64Array,
): void {
  const { data, width, height } = larger;
  const margin = 2 * scale;
  const weights = taps.weights[0]!;
  const count = weights.length;
  const first = y * scale + taps.first[0]!;
  between.fill(0);
  // The kernel is symmetric: rows are weighed in pairs.
  for (let t = 0; t < count >> 1; t++) {
    const a = mirrored(first + t, height) * width;
    const b = mirrored(first + count - 1 - t, height) * width;
    const w = weights[t]!;
    for (let x = 0; x < width; x++) between[margin + x]! += (data[a + x]! + data[b + x]!) * w;
  }
  if (count % 2 === 1) {
    const a = mirrored(first + (count >> 1), height) * width;
    const w = weights[count >> 1]!;
    for (let x = 0; x < width; x++) between[margin + x]! += data[a + x]! * w;
  }
  for (let x = -margin; x < 0; x++) between[margin + x] = between[margin + mirrored(x, width)]!;
  for (let x = width; x < width + margin; x++) {
    between[margin + x] = between[margin + mirrored(x, width)]!;
  }
}

function reducedRowError(
  taps: Taps,
  scale: number,
  between: Int32Array | Float64Array,
  source: Plane,
  y: number,
  peak: number,
): number {
  const weights = taps.weights[0]!;
  const count = weights.length;
  const half = count >> 1;
  const denominator = taps.denominator * taps.denominator;
  const first = taps.first[0]! + 2 * scale;
  let error = 0;
  for (let x = 0; x < source.width; x++) {
    const at = x * scale + first;
    let sum = count % 2 === 1 ? between[at + half]! * weights[half]! : 0;
    for (let t = 0; t < half; t++) {
      sum += (between[at + t]! + between[at + count - 1 - t]!) * weights[t]!;
    }
    const rounded = Math.floor((sum + denominator / 2) / denominator);
    const value = rounded < 0 ? 0 : rounded > peak ? peak : rounded;
    const d = value - source.data[y * source.width + x]!;
    error += d * d;
  }
  return error;
}
