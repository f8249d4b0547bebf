import { mirrored } from '../bicubic/enlarge-plane.js';
import type { WasmRows } from '../kernels/wasm-rows.js';
import type { FloatRun } from './float-kernels.js';
import type { Plane } from '../../planes/plane.js';

/**
 * Samples of context on each side of a row: at least as many as the widest kernel reads. Even,
 * since rows at half the width have half of it.
 */
export const MARGIN = 8;

/** A row of float32 samples with context each side; gives the address of its first sample. */
export function newRow(kernels: WasmRows<unknown>, width: number): number {
  return kernels.row(width + 2 * MARGIN, 4) + 4 * MARGIN;
}

/** Fills the context of the row at `address` with the row's own samples, mirrored. */
export function mirrorEnds(kernels: WasmRows<unknown>, address: number, width: number): void {
  const row = kernels.floats(address - 4 * MARGIN, width + 2 * MARGIN);
  for (let i = 1; i <= MARGIN; i++) {
    row[MARGIN - i] = row[MARGIN + mirrored(-i, width)]!;
    row[MARGIN + width - 1 + i] = row[MARGIN + mirrored(width - 1 + i, width)]!;
  }
}

/** The last rows of a picture as float32, made when they are first asked for. */
export class FloatRows {
  readonly #kernels: WasmRows<unknown>;
  readonly #width: number;
  readonly #height: number;
  readonly #slots: readonly number[];
  readonly #holds: Int32Array;
  readonly #make: (row: number, address: number) => void;

  /**
   * Keeps the last `count` rows, a power of two. `make` writes a row's samples from `address` on;
   * their context is filled here.
   */
  constructor(
    kernels: WasmRows<unknown>,
    { width, height }: { readonly width: number; readonly height: number },
    count: number,
    make: (row: number, address: number) => void,
  ) {
    this.#kernels = kernels;
    this.#width = width;
    this.#height = height;
    this.#slots = Array.from({ length: count }, () => newRow(kernels, width));
    this.#holds = new Int32Array(count).fill(-1);
    this.#make = make;
  }

  /** Forgets all rows: another picture begins. */
  begin(): void {
    this.#holds.fill(-1);
  }

  /**
   * The address of row `y`, mirrored beyond the picture. It is valid until a row that is a multiple
   * of `count` rows away is asked for.
   */
  at(y: number): number {
    const row = mirrored(y, this.#height);
    const slot = row & (this.#slots.length - 1);
    const address = this.#slots[slot]!;
    if (this.#holds[slot] !== row) {
      this.#make(row, address);
      mirrorEnds(this.#kernels, address, this.#width);
      this.#holds[slot] = row;
    }
    return address;
  }
}

/** Rows of a plane as float32: stored samples minus middle grey, in grey levels of 255. */
export class LoadedRows {
  readonly rows: FloatRows;
  #plane: Plane | undefined;

  /** For planes of this size; the last `count` rows are kept. */
  constructor(
    kernels: WasmRows<Pick<FloatRun, 'load8' | 'load16'>>,
    size: { readonly width: number; readonly height: number },
    bitDepth: number,
    count: number,
  ) {
    const { width } = size;
    const { run } = kernels;
    const raw = kernels.row(width, 2);
    const [middle, level] = [2 ** (bitDepth - 1), 2 ** (8 - bitDepth)];
    this.rows = new FloatRows(kernels, size, count, (row, address) => {
      const samples = this.#plane!.data.subarray(row * width, (row + 1) * width);
      if (bitDepth === 8) {
        kernels.bytes(raw, width).set(samples);
        run.load8(raw, address, width, middle, level);
      } else {
        kernels.shorts(raw, width).set(samples);
        run.load16(raw, address, width, middle, level);
      }
    });
  }

  /** From now on, rows come from `plane`. */
  begin(plane: Plane): void {
    this.#plane = plane;
    this.rows.begin();
  }
}
