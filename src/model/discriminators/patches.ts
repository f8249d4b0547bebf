import { convolution } from '../blocks/convolution.js';
import type { Discriminator } from './discriminator.js';

/** Four layers of 64 channels at a quarter of the size: a place sees 36 samples each way. */
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
