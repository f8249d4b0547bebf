import { WasmRows } from '../kernels/wasm-rows.js';
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
  readonly changes8: (a: number, b: number, to: number, n: number) => void;
  readonly changes16: (a: number, b: number, to: number, n: number) => void;
};

/** The kernels with memory of their own. */
export class RowKernels extends WasmRows<Kernels> {
  constructor() {
    super(rowKernelsWasm);
  }
}

/** Two weights as `weighRows` takes them: the first in the low half. */
export function packed(first: number, second: number): number {
  return (second << 16) | (first & 0xffff);
}
