import { convolution } from '../blocks/convolution.js';
import type { Discriminator } from './discriminator.js';

/** Two 3x3 layers of 24 channels and a last one, at half the size: a verdict sees 14x14 samples. */
export const patchesLite: Discriminator = {
  name: 'patches-lite',
  unshuffle: 2,
  blocks: [convolution(3, 24, 'leaky-relu'), convolution(3, 24, 'leaky-relu'), convolution(3, 1)],
};
