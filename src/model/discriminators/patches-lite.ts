import { convolution } from '../blocks/convolution.js';
import type { Discriminator } from './discriminator.js';

/** Three layers of 24 channels at half the size: a place sees 14 samples each way. */
export const patchesLite: Discriminator = {
  name: 'patches-lite',
  unshuffle: 2,
  blocks: [convolution(3, 24, 'leaky-relu'), convolution(3, 24, 'leaky-relu'), convolution(3, 1)],
};
