import { LARGEST_WEIGHT, SMALLEST_RANGE } from '../autodiff/eight-bit-codes.js';

/** A convolution's weights and biases as whole numbers (codes). */
export type WholeWeights = {
  /** Codes of the weights, -63 to 63, in the order of the kernel. */
  readonly codes: Int8Array;
  /** The step of each output channel: the weight of code 1. */
  readonly steps: Float32Array;
  /** Codes of the biases, whose step is the output channel's times the input's. */
  readonly bias: Int32Array;
};

/**
 * Kernel values [outputs, ...] and biases [outputs] rounded to whole numbers, with a step for each
 * output channel; `stepIn` is the step of the input.
 */
export function wholeWeights(
  kernel: Float32Array,
  bias: Float32Array,
  stepIn: number,
): WholeWeights {
  const each = kernel.length / bias.length;
  const codes = new Int8Array(kernel.length);
  const steps = new Float32Array(bias.length);
  const sums = new Int32Array(bias.length);
  for (let c = 0; c < bias.length; c++) {
    const own = kernel.subarray(c * each, (c + 1) * each);
    const largest = own.reduce((most, w) => Math.max(most, Math.abs(w)), SMALLEST_RANGE);
    steps[c] = largest / LARGEST_WEIGHT;
    own.forEach((w, i) => (codes[c * each + i] = Math.round(w / steps[c]!)));
    sums[c] = Math.round(bias[c]! / (stepIn * steps[c]!));
  }
  return { codes, steps, bias: sums };
}

/** The reverse: the kernel values and biases of whole numbers, with the input's step `stepIn`. */
export function valuesOfWhole({ codes, steps, bias }: WholeWeights, stepIn: number) {
  const each = codes.length / bias.length;
  return {
    kernel: Float32Array.from(codes, (code, i) => code * steps[Math.floor(i / each)]!),
    bias: Float32Array.from(bias, (sum, c) => sum * stepIn * steps[c]!),
  };
}

/**
 * How far a value may be off a multiple of its step, in steps, to count as one. Rounding to float32
 * leaves about 1e-5.
 */
const tolerance = 1e-3;

/** `wholeWeights` if kernel and bias are multiples of their steps already; `null` otherwise. */
export function exactWholeWeights(
  kernel: Float32Array,
  bias: Float32Array,
  stepIn: number,
): WholeWeights | null {
  const whole = wholeWeights(kernel, bias, stepIn);
  const values = valuesOfWhole(whole, stepIn);
  const each = kernel.length / bias.length;
  const isExact = (value: number, wanted: number, step: number): boolean =>
    Math.abs(value - wanted) <= tolerance * step + 1e-6 * Math.abs(wanted);
  const fits =
    values.kernel.every((v, i) => isExact(v, kernel[i]!, whole.steps[Math.floor(i / each)]!)) &&
    values.bias.every((v, c) => isExact(v, bias[c]!, stepIn * whole.steps[c]!));
  return fits ? whole : null;
}
