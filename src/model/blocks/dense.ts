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

/** A layer that joins every value of a patch with every value it gives. */
export type Dense = {
  readonly kind: 'dense';
  /** Values out. */
  readonly width: number;
  readonly activation: Activation;
  /**
   * Share of its results left out at random while learning; 0 for none
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

  // A picture of patches, their values being its channels: to each place the same layer.
  run({ width, activation }, x, running) {
    const { graph, take } = running;
    const turned = graph.op('Transpose', [take()], { perm: [1, 0] });
    const kernel = graph.op('Reshape', [turned, graph.ints('shape', [width, -1, 1, 1])]);
    const sums = graph.op('Conv', [x, kernel, take()], { kernel_shape: [1, 1] });
    const slope = () => graph.op('Reshape', [take(), graph.ints('shape', [width, 1, 1])]);
    return runActivation(activation, sums, { ...running, take: slope });
  },

  multiplications({ width }, grid) {
    return valuesIn(grid) * width;
  },
};
