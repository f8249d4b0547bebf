import { LARGEST_WEIGHT, SMALLEST_RANGE } from '../autodiff/eight-bit-codes.js';

/** A convolution's weights and bias as whole numbers. */
export type WholeWeights = {
  /** Weights, -63 to 63, in the order they had. */
  readonly codes: Int8Array;
  /** What a weight of 1 means, per output. */
  readonly steps: Float32Array;
  /** Biases in units of the sums: of the output's step times the input's. */
  readonly bias: Int32Array;
};

/**
 * Kernel values [outputs, ...] and biases [outputs] as whole numbers, with a step for each output;
 * `stepIn` is the input's.
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

/** Kernel values and biases that whole numbers stand for. */
export function valuesOfWhole({ codes, steps, bias }: WholeWeights, stepIn: number) {
  const each = codes.length / bias.length;
  return {
    kernel: Float32Array.from(codes, (code, i) => code * steps[Math.floor(i / each)]!),
    bias: Float32Array.from(bias, (sum, c) => sum * stepIn * steps[c]!),
  };
}

/**
 * In steps: how far a value may be off a whole number and still be meant as one. Float32 leaves
 * 1e-5.
 */
const tolerance = 1e-3;

/** `wholeWeights` where kernel and bias are whole numbers of steps already; `null` otherwise. */
export function exactWholeWeights(
  kernel: Float32Array,
  bias: Float32Array,
  stepIn: number,
): WholeWeights | null {
  const whole = wholeWeights(kernel, bias, stepIn);
  const values = valuesOfWhole(whole, stepIn);
  const each = kernel.length / bias.length;
  const isMeant = (value: number, wanted: number, step: number): boolean =>
    Math.abs(value - wanted) <= tolerance * step + 1e-6 * Math.abs(wanted);
  const fits =
    values.kernel.every((v, i) => isMeant(v, kernel[i]!, whole.steps[Math.floor(i / each)]!)) &&
    values.bias.every((v, c) => isMeant(v, bias[c]!, stepIn * whole.steps[c]!));
  return fits ? whole : null;
}
