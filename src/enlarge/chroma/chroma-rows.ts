import type { Plane } from '../../planes/plane.js';
import type { FloatKernels } from '../float/float-kernels.js';
import { FloatRows, LoadedRows, MARGIN, mirrorEnds, newRow } from '../float/float-rows.js';
import { type ChromaAxis, type FloatTaps, lanczos3, linear, tapsAt } from './float-taps.js';
import type { LumaDetail } from './luma-detail.js';

type Size = { readonly width: number; readonly height: number };

/** Larger than any sample. */
const FAR = 1e9;

/** Enlarges the rows of one chroma plane: Lanczos, and where there is `detail`, guided by luma. */
export class ChromaRows {
  readonly #kernels: FloatKernels;
  readonly #size: Size;
  readonly #detail: LumaDetail | null;
  readonly #chroma: LoadedRows;
  readonly #slopes: FloatRows;
  /** Least and greatest of the 3x3 samples around each. */
  readonly #low: FloatRows;
  readonly #high: FloatRows;
  readonly #taps: Readonly<Record<'x' | 'y' | 'slopeX' | 'slopeY', FloatTaps>>;
  readonly #bitDepth: number;
  /** Rows of scratch memory. */
  readonly #base: number;
  readonly #slope: number;
  readonly #phaseBase: number;
  readonly #phaseSlope: number;
  readonly #nothing: number;
  /** Rows of each phase, and of their interleaving, stage by stage, as int16. */
  readonly #stages: readonly (readonly number[])[];
  readonly #bytes: number;
  /** Bounds that limit nothing. */
  readonly #unbound: { readonly low: number; readonly high: number };

  constructor(
    kernels: FloatKernels,
    size: Size,
    axes: { readonly x: ChromaAxis; readonly y: ChromaAxis },
    bitDepth: number,
    detail: LumaDetail | null,
  ) {
    const { run } = kernels;
    const { width } = size;
    this.#kernels = kernels;
    this.#size = size;
    this.#bitDepth = bitDepth;
    this.#detail = detail;
    this.#chroma = new LoadedRows(kernels, size, bitDepth, 16);
    this.#taps = {
      x: tapsAt(axes.x.inChroma, lanczos3),
      y: tapsAt(axes.y.inChroma, lanczos3),
      slopeX: tapsAt(axes.x.inChroma, linear),
      slopeY: tapsAt(axes.y.inChroma, linear),
    };
    const step = 4 * Math.ceil((width + 2 * MARGIN + 8) / 4) * 4;
    const moments = kernels.row((5 * step) / 4, 4) + 4 * MARGIN;
    this.#slopes = new FloatRows(kernels, size, 4, (row, to) => {
      const [y0, y1, y2] = [-1, 0, 1].map((i) => detail!.small.at(row + i) - 4 * MARGIN);
      const [c0, c1, c2] = [-1, 0, 1].map((i) => this.#chroma.rows.at(row + i) - 4 * MARGIN);
      const n = width + 2 * MARGIN;
      run.moments(y0!, y1!, y2!, c0!, c1!, c2!, moments - 4 * MARGIN, step, n);
      run.slopes(moments, step, to, width);
    });
    const column = newRow(kernels, width);
    const bounds = (high: 0 | 1): FloatRows =>
      new FloatRows(kernels, size, 4, (row, to) => {
        const [a, b, c] = [-1, 0, 1].map((i) => this.#chroma.rows.at(row + i));
        run.bound(a!, b!, c!, column, width, high);
        mirrorEnds(kernels, column, width);
        run.bound(column - 4, column, column + 4, to, width, high);
      });
    [this.#low, this.#high] = [bounds(0), bounds(1)];
    this.#base = newRow(kernels, width);
    this.#slope = newRow(kernels, width);
    this.#phaseBase = kernels.row(width, 4);
    this.#phaseSlope = kernels.row(width, 4);
    this.#nothing = kernels.row(width, 4);
    this.#unbound = { low: kernels.row(width, 4), high: kernels.row(width, 4) };
    const phases = axes.x.inChroma.length;
    const stages = [Array.from({ length: phases }, () => kernels.row(width, 2))];
    for (let rows = phases, length = width; rows % 2 === 0; rows /= 2, length *= 2) {
      stages.push(Array.from({ length: rows / 2 }, () => kernels.row(2 * length, 2)));
    }
    this.#stages = stages;
    this.#bytes = kernels.row(width * phases, 1);
    kernels.floats(this.#unbound.low, width).fill(-FAR);
    kernels.floats(this.#unbound.high, width).fill(FAR);
  }

  /** From now on, rows are made from `chroma`. */
  begin(chroma: Plane): void {
    this.#chroma.begin(chroma);
    for (const rows of [this.#slopes, this.#low, this.#high]) rows.begin();
  }

  /**
   * Writes larger row `row` to `target` from `at` on, at most `length` samples; where there is
   * detail, after its own `row`.
   */
  row(row: number, target: Plane['data'], at: number, length: number): void {
    const { run } = this.#kernels;
    const { x, y, slopeX, slopeY } = this.#taps;
    const phases = x.first.length;
    const [from, phase] = [Math.floor(row / phases), row % phases];
    const { width } = this.#size;
    const n = width + 2 * MARGIN;
    const context = 4 * MARGIN;
    const chroma = (tap: number): number =>
      this.#chroma.rows.at(from + y.first[phase]! + tap) - context;
    this.#six(chroma, y.weights[phase]!, this.#base - context, n);
    const guided = this.#detail !== null;
    if (guided) {
      const first = from + slopeY.first[phase]!;
      const [a, b] = [this.#slopes.at(first) - context, this.#slopes.at(first + 1) - context];
      const [wa, wb] = slopeY.weights[phase] as [number, number];
      run.mixTwo(a, b, wa, wb, this.#slope - context, n, 0);
    }
    const low = guided ? this.#low.at(from) : this.#unbound.low;
    const high = guided ? this.#high.at(from) : this.#unbound.high;
    const [level, middle] = [2 ** (this.#bitDepth - 8), 2 ** (this.#bitDepth - 1)];
    const peak = 2 ** this.#bitDepth - 1;
    for (let p = 0; p < phases; p++) {
      const across = (tap: number): number => this.#base + 4 * (x.first[p]! + tap);
      this.#six(across, x.weights[p]!, this.#phaseBase, width);
      if (guided) {
        const a = this.#slope + 4 * slopeX.first[p]!;
        const [wa, wb] = slopeX.weights[p] as [number, number];
        run.mixTwo(a, a + 4, wa, wb, this.#phaseSlope, width, 0);
      }
      const slope = guided ? this.#phaseSlope : this.#nothing;
      const detail = this.#detail?.phases[p] ?? this.#nothing;
      const [base, to] = [this.#phaseBase, this.#stages[0]![p]!];
      run.guide(base, slope, detail, low, high, to, width, level, middle, peak);
    }
    this.#join(target, at, length);
  }

  /** Puts the phases of a row side by side into `target`: in twos, then what is left one by one. */
  #join(target: Plane['data'], at: number, length: number): void {
    const { run } = this.#kernels;
    let samples = this.#size.width;
    for (let stage = 1; stage < this.#stages.length; stage++, samples *= 2) {
      const before = this.#stages[stage - 1]!;
      const rows = this.#stages[stage]!;
      // Joining the halves in this order puts phases p and p + half side by side.
      for (const [i, to] of rows.entries()) {
        run.interleave(before[i]!, before[i + rows.length]!, to, samples);
      }
    }
    const rows = this.#stages.at(-1)!;
    if (rows.length > 1) {
      for (const [phase, row] of rows.entries()) {
        const made = this.#kernels.shorts(row, samples);
        for (let i = 0, out = phase; out < length; i++, out += rows.length) {
          target[at + out] = made[i]!;
        }
      }
    } else if (this.#bitDepth === 8) {
      run.narrow(rows[0]!, this.#bytes, length);
      target.set(this.#kernels.bytes(this.#bytes, length), at);
    } else {
      target.set(this.#kernels.shorts(rows[0]!, length), at);
    }
  }

  /** Mixes six rows. */
  #six(at: (tap: number) => number, weights: readonly number[], to: number, n: number): void {
    const { run } = this.#kernels;
    const [a, b, c, d, e, f] = weights as [number, number, number, number, number, number];
    run.mix(at(0), at(1), at(2), at(3), a, b, c, d, to, n, 0);
    run.mixTwo(at(4), at(5), e, f, to, n, 1);
  }
}
