import { leakyRelu, multiply, relu, sigmoid, subtract, tanh } from '../autodiff/pointwise.js';
import type { Tape, Value } from '../autodiff/tape.js';
import type { Parameter, Running, Training } from './block.js';

/** The activations that a block can end in. */
export const activations = ['relu', 'leaky-relu', 'prelu', 'tanh', 'sigmoid', 'none'] as const;

/** The name of an activation. */
export type Activation = (typeof activations)[number];

/** Factor of `leaky-relu` for values below 0. */
const leak = 0.1;

/** Factor of `prelu` for values below 0, before training (https://arxiv.org/abs/1502.01852). */
const firstSlope = 0.25;

/**
 * The trainable values of an activation: for `prelu` a slope per channel, of `shape`; otherwise
 * none.
 */
export function activationParameters(
  activation: Activation,
  name: string,
  shape: readonly number[],
): Parameter[] {
  return activation === 'prelu' ? [{ name: `${name}.slope`, shape, fill: firstSlope }] : [];
}

/** Adds an activation to a training graph. */
export function trainActivation(
  tape: Tape,
  activation: Activation,
  x: Value,
  training: Training,
): Value {
  switch (activation) {
    case 'relu':
      return relu(tape, x);
    case 'leaky-relu':
      return leakyRelu(tape, x, leak);
    case 'prelu': {
      // x where it is above 0, and slope * x below.
      const below = relu(tape, multiply(tape, x, tape.scalar(-1)));
      return subtract(tape, relu(tape, x), multiply(tape, below, training.take()));
    }
    case 'tanh':
      return tanh(tape, x);
    case 'sigmoid':
      return sigmoid(tape, x);
    case 'none':
      return x;
  }
}

const operations = { relu: 'Relu', prelu: 'PRelu', tanh: 'Tanh', sigmoid: 'Sigmoid' } as const;

/** Adds an activation to the graph of a model file. */
export function runActivation(activation: Activation, x: string, { graph, take }: Running): string {
  if (activation === 'none') return x;
  if (activation === 'leaky-relu') return graph.op('LeakyRelu', [x], { alpha: { float: leak } });
  return graph.op(operations[activation], activation === 'prelu' ? [x, take()] : [x]);
}
