import type { Plane } from '../../planes/plane.js';
import type { Taps } from './bicubic-taps.js';
import { fitsInt32, mirrored } from './enlarge-plane.js';
import { packed, RowKernels } from './row-kernels.js';

/** Samples of context each side of a row between the two passes. */
const margin = 4;

/**
 * Whether the kernels can do this enlarging: weights of 16 bits, sums of 32, division by shifting.
 */
export function kernelsFit(horizontal: Taps, vertical: Taps, bitDepth: number): boolean {
  const phases = horizontal.first.length;
  return (
    fitsInt32(horizontal, vertical, bitDepth) &&
    Number.isInteger(Math.log2(horizontal.denominator * vertical.denominator)) &&
    Number.isInteger(Math.log2(phases)) &&
    vertical.weights.flat().every((weight) => Math.abs(weight) < 2 ** 15)
  );
}

/** Rows of one plane as int16 within the kernels' memory, loaded when first asked for. */
export class SampleRows {
  readonly #kernels: RowKernels;
  readonly #slots: number[];
  readonly #holds: Int32Array;
  readonly #raw: number;
  readonly #width: number;
  readonly #sampleBytes: 1 | 2;
  #plane: Plane | undefined;

  /** Keeps the last `count` rows, a power of two, of planes `width` wide. */
  constructor(kernels: RowKernels, width: number, sampleBytes: 1 | 2, count: number) {
    this.#kernels = kernels;
    this.#width = width;
    this.#sampleBytes = sampleBytes;
    this.#slots = Array.from({ length: count }, () => kernels.row(width, 2));
    this.#holds = new Int32Array(count).fill(-1);
    this.#raw = kernels.row(width, 1);
  }

  /** From now on, rows come from `plane`. */
  begin(plane: Plane): void {
    this.#plane = plane;
    this.#holds.fill(-1);
  }

  /**
   * The address of row `y`, mirrored beyond the plane. It is valid until a row that is a multiple
   * of `count` rows away is asked for.
   */
  at(y: number): number {
    const { data, width, height } = this.#plane!;
    const row = mirrored(y, height);
    const slot = row & (this.#slots.length - 1);
    const address = this.#slots[slot]!;
    if (this.#holds[slot] === row) return address;
    const samples = data.subarray(row * width, row * width + width);
    if (this.#sampleBytes === 1) {
      this.#kernels.bytes(this.#raw, width).set(samples);
      this.#kernels.run.widen(this.#raw, address, this.#width);
    } else {
      this.#kernels.shorts(address, width).set(samples);
    }
    this.#holds[slot] = row;
    return address;
  }
}

/** Bicubic enlarging of rows within the kernels' memory. */
export class KernelRows {
  readonly #kernels: RowKernels;
  readonly #horizontal: Taps;
  readonly #vertical: Taps;
  readonly #peak: number;
  readonly #shift: number;
  readonly #between: number;
  readonly #sums: number;
  /** Rows of each phase, and of their interleaving, stage by stage. */
  readonly #stages: number[][];

  constructor(
    kernels: RowKernels,
    horizontal: Taps,
    vertical: Taps,
    width: number,
    bitDepth: number,
  ) {
    this.#kernels = kernels;
    this.#horizontal = horizontal;
    this.#vertical = vertical;
    this.#peak = 2 ** bitDepth - 1;
    this.#shift = Math.log2(horizontal.denominator * vertical.denominator);
    this.#between = kernels.row(width + 2 * margin, 4);
    this.#sums = kernels.row(width, 4);
    this.#stages = [];
    for (let rows = horizontal.first.length, length = width; rows >= 1; rows /= 2, length *= 2) {
      this.#stages.push(Array.from({ length: rows }, () => kernels.row(length, 2)));
    }
  }

  /**
   * The address of larger row `row`, made from columns `x0` to `x1` of the source, as int16. The
   * next call overwrites it.
   */
  row(source: SampleRows, width: number, row: number, x0: number, x1: number): number {
    const { run } = this.#kernels;
    const phases = this.#vertical.first.length;
    const phase = row % phases;
    const first = (row - phase) / phases + this.#vertical.first[phase]!;
    const [w0, w1, w2, w3] = this.#vertical.weights[phase] as [number, number, number, number];
    const start = Math.max(0, x0 - margin);
    const end = Math.min(width, x1 + margin);
    const to = this.#between + 4 * (start + margin);
    const at = (i: number): number => source.at(first + i) + 2 * start;
    run.weighRows(at(0), at(1), packed(w0, w1), to, end - start, 0);
    run.weighRows(at(2), at(3), packed(w2, w3), to, end - start, 1);
    this.#mirror(width, x0, x1);
    return this.#across(x0, x1 - x0);
  }

  #mirror(width: number, x0: number, x1: number): void {
    if (x0 >= margin && x1 <= width - margin) return;
    const between = this.#kernels.ints(this.#between, width + 2 * margin);
    for (let x = x0 - margin; x < 0; x++) {
      between[x + margin] = between[mirrored(x, width) + margin]!;
    }
    for (let x = width; x < x1 + margin; x++) {
      between[x + margin] = between[mirrored(x, width) + margin]!;
    }
  }

  #across(x0: number, n: number): number {
    const { run } = this.#kernels;
    for (const [phase, target] of this.#stages[0]!.entries()) {
      const weights = this.#horizontal.weights[phase] as [number, number, number, number];
      const from = this.#between + 4 * (x0 + margin + this.#horizontal.first[phase]!);
      run.weighAlong(from, ...weights, this.#sums, n, 0);
      run.round(this.#sums, target, n, this.#shift, this.#peak);
    }
    for (let stage = 1, length = n; stage < this.#stages.length; stage++, length *= 2) {
      const before = this.#stages[stage - 1]!;
      const rows = this.#stages[stage]!;
      // Joining the halves in this order puts phases p and p + half side by side.
      for (const [i, to] of rows.entries()) {
        run.interleave(before[i]!, before[i + rows.length]!, to, length);
      }
    }
    return this.#stages.at(-1)![0]!;
  }
}
