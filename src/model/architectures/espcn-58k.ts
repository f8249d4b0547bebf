import type { Architecture } from './architecture.js';
import { plain, shuffling } from './espcn.js';

/** Kernels 5-3-3-3, channels 64-64-32; 58,212 parameters at 2x. */
export const espcn58k: Architecture = {
  name: 'espcn-58k',
  scales: [2, 3, 4],
  defaults: { activation: 'relu' },
  build: (scale, { activation }) => ({
    ...plain,
    blocks: shuffling([5, 3, 3, 3], [64, 64, 32], scale ** 2, activation),
  }),
};
