import { WasmRows } from '../kernels/wasm-rows.js';
import { floatKernelsWasm } from './float-kernels-wasm.js';

/**
 * The functions of float-kernels.wat, which says what they do. Arguments are addresses, counts and
 * numbers.
 */
export type FloatRun = {
  readonly load8: (from: number, to: number, n: number, mid: number, scale: number) => void;
  readonly load16: (from: number, to: number, n: number, mid: number, scale: number) => void;
  readonly mix: (
    r0: number,
    r1: number,
    r2: number,
    r3: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    to: number,
    n: number,
    more: 0 | 1,
  ) => void;
  readonly mixTwo: (
    r0: number,
    r1: number,
    w0: number,
    w1: number,
    to: number,
    n: number,
    more: 0 | 1,
  ) => void;
  readonly split: (from: number, even: number, odd: number, n: number) => void;
  readonly moments: (
    y0: number,
    y1: number,
    y2: number,
    c0: number,
    c1: number,
    c2: number,
    to: number,
    step: number,
    n: number,
  ) => void;
  readonly slopes: (from: number, step: number, to: number, n: number) => void;
  readonly bound: (a: number, b: number, c: number, to: number, n: number, high: 0 | 1) => void;
  readonly guide: (
    base: number,
    slope: number,
    detail: number,
    low: number,
    high: number,
    to: number,
    n: number,
    scale: number,
    mid: number,
    peak: number,
  ) => void;
  readonly narrow: (from: number, to: number, n: number) => void;
  readonly interleave: (a: number, b: number, to: number, n: number) => void;
};

/** The kernels over float32 rows, with memory of their own. */
export class FloatKernels extends WasmRows<FloatRun> {
  constructor() {
    super(floatKernelsWasm);
  }
}
