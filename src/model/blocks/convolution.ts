import { convolve } from '../autodiff/convolution.js';
import {
  type Activation,
  activationParameters,
  runActivation,
  trainActivation,
} from './activation.js';
import type { BlockKind } from './block.js';

/** A square convolution with bias, without padding, and the activation after it. */
export type Convolution = {
  readonly kind: 'convolution';
  /** Width and height of the kernel in samples; odd. */
  readonly kernel: number;
  /** Channels out. */
  readonly channels: number;
  readonly activation: Activation;
};

/** A convolution by `kernel` x `kernel` to `channels`. */
export function convolution(
  kernel: number,
  channels: number,
  activation: Activation = 'none',
): Convolution {
  return { kind: 'convolution', kernel, channels, activation };
}

export const convolutionKind: BlockKind<Convolution> = {
  after({ kernel, channels }, grid) {
    if (kernel % 2 === 0) throw new RangeError(`a kernel of ${kernel} has no middle`);
    return { ...grid, channels, lost: grid.lost + (kernel - 1) / 2 };
  },

  parameters({ kernel, channels, activation }, grid, names) {
    const name = names('conv');
    const area = kernel * kernel;
    const fans = { in: grid.channels * area, out: channels * area };
    return [
      { name: `${name}.weight`, shape: [channels, grid.channels, kernel, kernel], fans },
      { name: `${name}.bias`, shape: [channels] },
      ...activationParameters(activation, name, [channels, 1, 1]),
    ];
  },

  train(tape, { activation }, x, training) {
    const kernel = training.kernel(training.take());
    const sums = convolve(tape, x, kernel, training.take());
    return training.result(trainActivation(tape, activation, sums, training));
  },

  run({ kernel: k, activation }, x, running) {
    const inputs = [x, running.take(), running.take()];
    const attributes = { kernel_shape: [k, k], pads: [0, 0, 0, 0] };
    return runActivation(activation, running.graph.op('Conv', inputs, attributes), running);
  },

  multiplications({ kernel, channels }, { channels: inputs, density }) {
    return kernel * kernel * inputs * channels * density ** 2;
  },
};
