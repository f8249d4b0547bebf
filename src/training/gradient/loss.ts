import {
  absolute,
  add,
  mean,
  multiply,
  squareRoot,
  subtract,
} from '../../model/autodiff/pointwise.js';
import type { Tape, Value } from '../../model/autodiff/tape.js';

/** The names `lossOf` knows. */
export const losses = ['mse', 'l1', 'charbonnier'] as const;

/** How the distance of two pictures is measured in training. */
export type Loss = (typeof losses)[number];

/** Charbonnier's epsilon, in units of the 0..1 range (https://arxiv.org/abs/1710.01992). */
const charbonnierEpsilon = 1e-3;

/** The loss of `actual` against `wanted`, a scalar: the mean over all samples. */
export function lossOf(tape: Tape, loss: Loss, actual: Value, wanted: Value): Value {
  const difference = subtract(tape, actual, wanted);
  if (loss === 'l1') return mean(tape, absolute(tape, difference));
  const square = multiply(tape, difference, difference);
  if (loss === 'mse') return mean(tape, square);
  const epsilon = tape.scalar(charbonnierEpsilon ** 2);
  return mean(tape, squareRoot(tape, add(tape, square, epsilon)));
}
