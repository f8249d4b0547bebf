import { rowKernelsWasm } from './row-kernels-wasm.js';

/**
 * The functions of row-kernels.wat, which says what they do. Arguments are addresses and counts.
 */
export type Kernels = {
  readonly widen: (from: number, to: number, n: number) => void;
  readonly narrow: (from: number, to: number, n: number) => void;
  readonly weighRows: (
    a: number,
    b: number,
    weights: number,
    to: number,
    n: number,
    more: 0 | 1,
  ) => void;
  readonly weighAlong: (
    row: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    to: number,
    n: number,
    more: 0 | 1,
  ) => void;
  readonly round: (from: number, to: number, n: number, shift: number, peak: number) => void;
  readonly interleave: (a: number, b: number, to: number, n: number) => void;
  readonly split: (from: number, even: number, odd: number, n: number) => void;
  readonly squares: (a: number, b: number, n: number) => number;
};

// What is used of WebAssembly; Node's own types (20) leave it to the DOM's.
type WasmMemory = { readonly buffer: ArrayBuffer; grow(pages: number): number };
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> };
};

const pageBytes = 65536;
/** Room after each row for the surplus of its last vectors. */
const slack = 128;

let compiled: object | undefined;

/** The kernels with memory of their own, out of which rows are taken once and for all. */
export class RowKernels {
  readonly run: Kernels;
  readonly #memory: WasmMemory;
  #used = 16;

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(rowKernelsWasm, 'base64'));
    const { exports } = new WebAssembly.Instance(compiled);
    this.run = exports as unknown as Kernels;
    this.#memory = exports['memory'] as WasmMemory;
  }

  /** The address of a row of `samples` values of `sampleBytes` bytes, which is never given back. */
  row(samples: number, sampleBytes: 1 | 2 | 4): number {
    const at = this.#used;
    this.#used += Math.ceil((samples * sampleBytes + slack) / 16) * 16;
    const missing = this.#used - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    return at;
  }

  /** A view of memory; taking further rows may invalidate it. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  /** A view of int16 or uint16 samples. */
  shorts(at: number, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, at, length);
  }

  /** A view of int32 samples. */
  ints(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length);
  }
}

/** Two weights as `weighRows` takes them: the first in the low half. */
export function packed(first: number, second: number): number {
  return (second << 16) | (first & 0xffff);
}
