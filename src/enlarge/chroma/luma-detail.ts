import type { Plane } from '../../planes/plane.js';
import type { FloatKernels } from '../float/float-kernels.js';
import { FloatRows, LoadedRows, MARGIN, newRow } from '../float/float-rows.js';
import { type ChromaAxis, cubic, type FloatTaps, tapsAt } from './float-taps.js';

type Size = { readonly width: number; readonly height: number };

/**
 * The detail of luma: the difference between luma and the same luma reduced to the chroma grid and
 * enlarged again.
 */
export class LumaDetail {
  /** The source's luma on the chroma grid. */
  readonly small: FloatRows;
  /** Per phase, the address of the detail that `row` computed last. */
  readonly phases: readonly number[];
  readonly #kernels: FloatKernels;
  readonly #luma: LoadedRows;
  readonly #axes: { readonly x: ChromaAxis; readonly y: ChromaAxis };
  readonly #size: { readonly luma: Size; readonly chroma: Size };
  readonly #taps: Readonly<Record<'lumaX' | 'lumaY' | 'smallX' | 'smallY', FloatTaps>>;
  /** Rows of scratch memory: of luma's width, every second sample of it, and chroma's width. */
  readonly #wide: number;
  readonly #even: number;
  readonly #odd: number;
  readonly #narrow: number;

  constructor(
    kernels: FloatKernels,
    size: { readonly luma: Size; readonly chroma: Size },
    axes: { readonly x: ChromaAxis; readonly y: ChromaAxis },
    bitDepth: number,
  ) {
    this.#kernels = kernels;
    this.#size = size;
    this.#axes = axes;
    this.#luma = new LoadedRows(kernels, size.luma, bitDepth, 16);
    this.#taps = {
      lumaX: tapsAt(axes.x.inLuma, cubic),
      lumaY: tapsAt(axes.y.inLuma, cubic),
      smallX: tapsAt(axes.x.inChroma, cubic),
      smallY: tapsAt(axes.y.inChroma, cubic),
    };
    const { width } = size.chroma;
    this.#wide = newRow(kernels, size.luma.width);
    this.#even = newRow(kernels, width);
    this.#odd = newRow(kernels, width);
    this.#narrow = newRow(kernels, width);
    this.phases = axes.x.inChroma.map(() => kernels.row(width, 4));
    this.small = new FloatRows(kernels, size.chroma, 16, (row, to) => this.#reduce(row, to));
  }

  /** From now on, rows come from this luma. */
  begin(luma: Plane): void {
    this.#luma.begin(luma);
    this.small.begin();
  }

  /** Computes the detail of larger row `row` into `phases`, one sample for each of chroma's. */
  row(row: number): void {
    const { run } = this.#kernels;
    const { lumaX, lumaY, smallX, smallY } = this.#taps;
    const { width } = this.#size.chroma;
    const [y, phase] = [Math.floor(row / this.phases.length), row % this.phases.length];
    // Making rows of `small` uses the same scratch memory as the wide row, so they come first.
    const low = y + smallY.first[phase]!;
    this.#mixRows((tap) => this.small.at(low + tap), smallY.weights[phase]!, this.#narrow, width);
    const large = this.#axes.y.step * y + lumaY.first[phase]!;
    this.#mixRows((tap) => this.#luma.rows.at(large + tap), lumaY.weights[phase]!, this.#wide);
    if (this.#axes.x.step === 2) this.#split();
    for (const [p, to] of this.phases.entries()) {
      const [a, b, c, d] = lumaX.weights[p] as [number, number, number, number];
      const at = (tap: number): number => this.#lumaAt(lumaX.first[p]! + tap);
      run.mix(at(0), at(1), at(2), at(3), a, b, c, d, to, width, 0);
      const [e, f, g, h] = smallX.weights[p] as [number, number, number, number];
      const from = this.#narrow + 4 * smallX.first[p]!;
      run.mix(from, from + 4, from + 8, from + 12, -e, -f, -g, -h, to, width, 1);
    }
  }

  /**
   * The address, in the row that was mixed last, of the luma samples that lie `offset` after the
   * first luma sample of each chroma sample.
   */
  #lumaAt(offset: number): number {
    if (this.#axes.x.step === 1) return this.#wide + 4 * offset;
    const pair = Math.floor(offset / 2);
    return (offset - 2 * pair === 0 ? this.#even : this.#odd) + 4 * pair;
  }

  #mixRows(
    at: (tap: number) => number,
    weights: readonly number[],
    to: number,
    width = this.#size.luma.width,
  ): void {
    const [a, b, c, d] = weights as [number, number, number, number];
    const before = 4 * MARGIN;
    const row = (tap: number): number => at(tap) - before;
    const n = width + 2 * MARGIN;
    this.#kernels.run.mix(row(0), row(1), row(2), row(3), a, b, c, d, to - before, n, 0);
  }

  /** Divides the wide row, with its context, into its samples of even and of odd number. */
  #split(): void {
    const half = 4 * (MARGIN / 2);
    const n = this.#size.chroma.width + MARGIN;
    const from = this.#wide - 4 * MARGIN;
    this.#kernels.run.split(from, this.#even - half, this.#odd - half, n);
  }

  /**
   * Writes row `row` of luma on the chroma grid: the weighted mean of the luma samples that each
   * chroma sample covers.
   */
  #reduce(row: number, to: number): void {
    const { x, y } = this.#axes;
    const down = reducing(y);
    const first = y.step * row + down.first;
    this.#mixRows((tap) => this.#luma.rows.at(first + tap), down.weights, this.#wide);
    if (x.step === 2) this.#split();
    const across = reducing(x);
    const [a, b, c, d] = across.weights;
    const at = (tap: number): number => this.#lumaAt(across.first + tap);
    const { width } = this.#size.chroma;
    this.#kernels.run.mix(at(0), at(1), at(2), at(3), a, b, c, d, to, width, 0);
  }
}

/** The taps by which luma is reduced to the chroma grid along an axis; those not needed weigh 0. */
function reducing({ step, place }: ChromaAxis) {
  if (step === 1) return { first: 0, weights: [1, 0, 0, 0] as const };
  if (place === 0.5) return { first: 0, weights: [0.5, 0.5, 0, 0] as const };
  return { first: place - 1, weights: [0.25, 0.5, 0.25, 0] as const };
}
