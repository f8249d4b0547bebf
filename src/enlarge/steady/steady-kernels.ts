import type { FloatRun } from '../float/float-kernels.js';
import { WasmRows } from '../kernels/wasm-rows.js';
import { steadyKernelsWasm } from './steady-kernels-wasm.js';

/**
 * The functions of steady-kernels.wat, which says what they do. Arguments are addresses, counts and
 * numbers.
 */
type SteadyRun = Pick<FloatRun, 'load8' | 'load16' | 'narrow'> & {
  readonly apart: (a: number, b: number, to: number, n: number) => void;
  readonly sumFive: (
    r0: number,
    r1: number,
    r2: number,
    r3: number,
    r4: number,
    to: number,
    n: number,
  ) => void;
  readonly slope: (row: number, below: number, to: number, n: number) => void;
  readonly moved: (
    a: number,
    b: number,
    c: number,
    d: number,
    slope: number,
    to: number,
    n: number,
    least: number,
  ) => void;
  readonly weigh: (
    far: number,
    moved: number,
    value: number,
    sum: number,
    weights: number,
    n: number,
    scale: number,
    moves: number,
  ) => void;
  readonly settle: (
    sum: number,
    weights: number,
    to: number,
    n: number,
    scale: number,
    mid: number,
    peak: number,
  ) => void;
};

/** The kernels with memory of their own. */
export class SteadyKernels extends WasmRows<SteadyRun> {
  constructor() {
    super(steadyKernelsWasm);
  }
}
