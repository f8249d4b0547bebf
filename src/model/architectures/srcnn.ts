import { convolution } from '../blocks/convolution.js';
import type { Architecture } from './architecture.js';

/**
 * RGB enlarged bicubically, then 3x3 convolutions to 128, 64 and 3 channels (SRCNN,
 * https://arxiv.org/abs/1501.00092, with smaller kernels).
 */
export const srcnn: Architecture = {
  name: 'srcnn',
  scales: [2, 3, 4],
  defaults: { width: 128, activation: 'relu' },
  build: (_scale, { width, activation }) => ({
    ...{ colour: 'rgb', before: 'bicubic', after: 'nothing', skip: 'none' },
    blocks: [
      convolution(3, width, activation),
      convolution(3, Math.ceil(width / 2), activation),
      convolution(3, 3),
    ],
  }),
};
