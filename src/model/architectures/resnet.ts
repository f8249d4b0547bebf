import { convolution } from '../blocks/convolution.js';
import { enlargement } from '../blocks/enlargement.js';
import type { Block } from '../blocks/kinds.js';
import type { Architecture } from './architecture.js';

/**
 * Residual blocks of two 3x3 convolutions on RGB, enlargement by repeated samples with
 * convolutions, and the bicubic picture added at the end (after https://arxiv.org/abs/1609.04802,
 * without batch normalisation).
 */
export const resnet: Architecture = {
  name: 'resnet',
  scales: [2, 3, 4],
  defaults: { depth: 10, width: 32, activation: 'relu' },
  build(scale, { depth, width, activation }) {
    const residual: Block = {
      kind: 'residual',
      blocks: [convolution(3, width, activation), convolution(3, width)],
    };
    const factors = scale === 4 ? [2, 2] : [scale];
    return {
      ...{ colour: 'rgb', before: 'nothing', after: 'nothing', skip: 'bicubic' },
      blocks: [
        convolution(3, width, activation),
        ...Array<Block>(depth).fill(residual),
        ...factors.map((factor) => enlargement(factor, width, activation)),
        convolution(3, 3),
      ],
    };
  },
};
