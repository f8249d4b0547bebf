import { convolution } from '../blocks/convolution.js';
import type { Discriminator } from './discriminator.js';

/**
 * Three 3x3 layers of 64 channels and a last one, at a quarter of the size: a verdict sees 36x36
 * samples.
 */
export const patches: Discriminator = {
  name: 'patches',
  unshuffle: 4,
  blocks: [
    convolution(3, 64, 'leaky-relu'),
    convolution(3, 64, 'leaky-relu'),
    convolution(3, 64, 'leaky-relu'),
    convolution(3, 1),
  ],
};
