import type { Architecture } from './architecture.js';
import { plain } from './espcn.js';
import { even } from './espcn-16.js';

/** The same as `espcn-32` with eight layers of 64 channels; 261,316 parameters at 2x. */
export const espcn64: Architecture = {
  name: 'espcn-64',
  scales: [2, 3, 4],
  defaults: { depth: 8, activation: 'relu' },
  build: (scale, { depth, activation }) => ({
    ...plain,
    ...{ blocks: even(depth, 64, scale ** 2, activation), skip: 'repeated' },
  }),
};
