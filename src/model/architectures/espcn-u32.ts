import type { Architecture } from './architecture.js';
import { plain } from './espcn.js';
import { even } from './espcn-16.js';

/** 3x3 layers of 32 channels on the picture unshuffled by 2, and a long skip. */
export const espcnU32: Architecture = {
  name: 'espcn-u32',
  scales: [2, 3, 4],
  defaults: { depth: 6, activation: 'relu' },
  build: (scale, { depth, activation }) => ({
    ...plain,
    ...{ before: { unshuffle: 2 }, blocks: even(depth, 32, (2 * scale) ** 2, activation) },
    skip: 'repeated',
  }),
};
