import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { enlargingTaps, reducingTaps, type Taps } from '../bicubic/bicubic-taps.js';
import { fitsInt32, mirrored, planeEnlarger } from '../bicubic/enlarge-plane.js';
import { KernelRows, kernelsFit, SampleRows } from '../bicubic/kernel-rows.js';
import { packed, RowKernels } from '../bicubic/row-kernels.js';
import { fractionScorer } from './fraction-scorer.js';
import { rowError, type StandingScorer } from './standing-scorer.js';

/**
 * Prepares measuring lumas of `layout` enlarged `scale` times: by the vector kernels where they can
 * do it, otherwise in plain code. The figures are the same.
 */
export function standingScorer(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
): StandingScorer {
  if (!Number.isInteger(scale)) return fractionScorer(layout, larger, scale);
  const taps = enlargingTaps(scale);
  const { bitDepth } = layout.format;
  return kernelsFit(taps, taps, bitDepth) && reducesByKernels(scale, bitDepth)
    ? kernelScorer(layout, scale)
    : plainScorer(layout, scale);
}

function reducesByKernels(scale: number, bitDepth: number): boolean {
  const taps = reducingTaps(scale);
  // `kernelReducer` halves a row once; only 2x is written for the kernels.
  return scale === 2 && fitsInt32(taps, taps, bitDepth);
}

/** Measures by the kernels, for 2x: rows are loaded once and measured while in the cache. */
export function kernelScorer(layout: FrameLayout, scale: number): StandingScorer {
  const kernels = new RowKernels();
  const { run } = kernels;
  const { width, sampleBytes } = layout;
  const { bitDepth } = layout.format;
  const largeWidth = width * scale;
  const sourceRows = new SampleRows(kernels, width, sampleBytes, 8);
  const largeRows = new SampleRows(kernels, largeWidth, sampleBytes, 16);
  const truthRows = new SampleRows(kernels, largeWidth, sampleBytes, 1);
  const taps = enlargingTaps(scale);
  const bicubic = new KernelRows(kernels, taps, taps, width, bitDepth);
  const reducer = kernelReducer(kernels, largeWidth, bitDepth);
  const bytes = kernels.row(largeWidth, 1);
  let hasTruth = false;
  let kept: Plane | undefined;
  /** Puts row `line` of plain bicubic, int16 at `row`, into its plane. */
  const keep = (row: number, line: number): void => {
    if (bitDepth === 8) run.narrow(row, bytes, largeWidth);
    const samples =
      bitDepth === 8 ? kernels.bytes(bytes, largeWidth) : kernels.shorts(row, largeWidth);
    kept!.data.set(samples, line * largeWidth);
  };
  return {
    begin(source, larger, truth, into) {
      kept = into;
      sourceRows.begin(source);
      largeRows.begin(larger);
      hasTruth = truth !== null;
      if (truth !== null) truthRows.begin(truth);
    },
    rows(y0, y1) {
      let toBicubic = 0;
      let toSource = 0;
      let bicubicToTruth = 0;
      for (let y = y0; y < y1; y++) {
        for (let line = y * scale; line < (y + 1) * scale; line++) {
          const row = bicubic.row(sourceRows, width, line, 0, width);
          keep(row, line);
          toBicubic += run.squares(row, largeRows.at(line), largeWidth);
          if (hasTruth) bicubicToTruth += run.squares(row, truthRows.at(line), largeWidth);
        }
        toSource += run.squares(reducer(largeRows, y), sourceRows.at(y), width);
      }
      return { toBicubic, toSource, bicubicToTruth };
    },
  };
}

/** Reducing 2x: gives the address of reduced row `y`, int16, rounded and clipped. */
function kernelReducer(
  kernels: RowKernels,
  largeWidth: number,
  bitDepth: number,
): (rows: SampleRows, y: number) => number {
  const { run } = kernels;
  const taps = reducingTaps(2);
  const w = taps.weights[0] as readonly number[] & { readonly length: 8 };
  const first = taps.first[0]!;
  const margin = 4;
  const width = largeWidth / 2;
  const shift = Math.log2(taps.denominator ** 2);
  const between = kernels.row(largeWidth + 2 * margin, 4);
  const even = kernels.row(width + margin, 4);
  const odd = kernels.row(width + margin, 4);
  const sums = kernels.row(width, 4);
  const result = kernels.row(width, 2);
  const at = between + 4 * margin;
  return (rows, y) => {
    for (let tap = 0; tap < 8; tap += 2) {
      const [a, b] = [rows.at(2 * y + first + tap), rows.at(2 * y + first + tap + 1)];
      run.weighRows(a, b, packed(w[tap]!, w[tap + 1]!), at, largeWidth, tap === 0 ? 0 : 1);
    }
    const row = kernels.ints(between, largeWidth + 2 * margin);
    for (let i = 1; i <= margin; i++) {
      row[margin - i] = row[margin + mirrored(-i, largeWidth)]!;
      row[margin + largeWidth - 1 + i] = row[margin + mirrored(largeWidth - 1 + i, largeWidth)]!;
    }
    // Counted from the first tap of sample 0, even values are weighed by taps 0, 2, 4 and 6, odd
    // ones by the others.
    run.split(at + 4 * first, even, odd, width + 3);
    run.weighAlong(even, w[0]!, w[2]!, w[4]!, w[6]!, sums, width, 0);
    run.weighAlong(odd, w[1]!, w[3]!, w[5]!, w[7]!, sums, width, 1);
    run.round(sums, result, width, shift, 2 ** bitDepth - 1);
    return result;
  };
}

/** Measures in plain code, for every whole scale and every depth. */
export function plainScorer(layout: FrameLayout, scale: number): StandingScorer {
  const { bitDepth } = layout.format;
  const taps = enlargingTaps(scale);
  const bicubic = planeEnlarger(taps, taps, layout.width, bitDepth);
  const largeWidth = layout.width * scale;
  const peak = 2 ** bitDepth - 1;
  const reducing = reducingTaps(scale);
  const between = fitsInt32(reducing, reducing, bitDepth)
    ? new Int32Array(largeWidth + 4 * scale)
    : new Float64Array(largeWidth + 4 * scale);
  let planes: { source: Plane; larger: Plane; truth: Plane | null; into: Plane } | undefined;
  return {
    begin(source, larger, truth, into) {
      planes = { source, larger, truth, into };
      bicubic.begin(source);
    },
    rows(y0, y1) {
      if (planes === undefined) throw new Error('rows() was called before begin()');
      const { source, larger, truth, into } = planes;
      let toBicubic = 0;
      let toSource = 0;
      let bicubicToTruth = 0;
      for (let y = y0; y < y1; y++) {
        for (let line = y * scale; line < (y + 1) * scale; line++) {
          const at = line * largeWidth;
          bicubic.row(line, 0, source.width, into.data, at);
          toBicubic += rowError(into.data, at, larger.data, at, largeWidth);
          if (truth !== null) {
            bicubicToTruth += rowError(into.data, at, truth.data, at, largeWidth);
          }
        }
        reducedColumns(reducing, scale, larger, y, between);
        toSource += reducedRowError(reducing, between, source, y, { scale, peak });
      }
      return { toBicubic, toSource, bicubicToTruth };
    },
  };
}

/**
 * Weighs the larger rows of source row `y` into `between`, which begins 2 * scale samples before
 * the row.
 */
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

/** Squared error of source row `y` against the row that `between` reduces to, summed. */
function reducedRowError(
  taps: Taps,
  between: Int32Array | Float64Array,
  source: Plane,
  y: number,
  { scale, peak }: { readonly scale: number; readonly peak: number },
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
