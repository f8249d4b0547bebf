import { matMul } from '../autodiff/matrix.js';
import { add } from '../autodiff/pointwise.js';
import { reshape } from '../autodiff/shape.js';
import { sizeOf } from '../autodiff/tape.js';
import {
  type Activation,
  activationParameters,
  runActivation,
  trainActivation,
} from './activation.js';
import type { BlockKind, Grid } from './block.js';

/** A fully connected layer over all values of a patch. */
export type Dense = {
  readonly kind: 'dense';
  /** Values out. */
  readonly width: number;
  readonly activation: Activation;
  /**
   * Share of its results, from 0 to below 1, dropped at random while learning
   * (https://jmlr.org/papers/v15/srivastava14a.html).
   */
  readonly dropout: number;
};

/** A dense layer of `width` values. */
export function dense(width: number, activation: Activation = 'none', dropout = 0): Dense {
  return { kind: 'dense', width, activation, dropout };
}

function valuesIn({ channels, side }: Grid): number {
  if (side === null) throw new RangeError('a dense layer needs patches of one size');
  return channels * side * side;
}

export const denseKind: BlockKind<Dense> = {
  after({ width }, grid) {
    valuesIn(grid);
    return { ...grid, channels: width, side: 1 };
  },

  parameters({ width, activation }, grid, names) {
    const name = names('dense');
    const fans = { in: valuesIn(grid), out: width };
    return [
      { name: `${name}.weight`, shape: [fans.in, width], fans },
      { name: `${name}.bias`, shape: [width] },
      ...activationParameters(activation, name, [width]),
    ];
  },

  train(tape, { activation, dropout }, x, training) {
    const [n, ...each] = x.shape as [number, ...number[]];
    const rows = each.length === 1 ? x : reshape(tape, x, [n, sizeOf(each)]);
    const sums = add(tape, matMul(tape, rows, training.take()), training.take());
    return training.dropout(trainActivation(tape, activation, sums, training), dropout);
  },

  // The patches come as a picture whose channels are their values: a 1x1 convolution applies the
  // layer to each of them.
  run({ width, activation }, x, running) {
    const { graph, take } = running;
    const transposed = graph.op('Transpose', [take()], { perm: [1, 0] });
    const kernel = graph.op('Reshape', [transposed, graph.ints('shape', [width, -1, 1, 1])]);
    const sums = graph.op('Conv', [x, kernel, take()], { kernel_shape: [1, 1] });
    const slope = () => graph.op('Reshape', [take(), graph.ints('shape', [width, 1, 1])]);
    return runActivation(activation, sums, { ...running, take: slope });
  },

  multiplications({ width }, grid) {
    return valuesIn(grid) * width;
  },
};
