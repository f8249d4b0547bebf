import type { Architecture } from './architecture.js';
import { plain } from './espcn.js';
import { even } from './espcn-16.js';

/** The same as `espcn-32` with six layers of 48 channels; 106,132 parameters at 2x. */
export const espcn48: Architecture = {
  name: 'espcn-48',
  scales: [2, 3, 4],
  defaults: { depth: 6, activation: 'relu' },
  build: (scale, { depth, activation }) => ({
    ...plain,
    ...{ blocks: even(depth, 48, scale ** 2, activation), skip: 'repeated' },
  }),
};
