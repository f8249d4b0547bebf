import type { Architecture } from './architecture.js';
import { plain } from './espcn.js';
import { even } from './espcn-16.js';

/**
 * Five 3x3 layers of 32 channels, a width at which 8-bit arithmetic is fast, and a long skip;
 * 38,468 parameters at 2x.
 */
export const espcn32: Architecture = {
  name: 'espcn-32',
  scales: [2, 3, 4],
  defaults: { depth: 5, activation: 'relu' },
  build: (scale, { depth, activation }) => ({
    ...plain,
    ...{ blocks: even(depth, 32, scale ** 2, activation), skip: 'repeated' },
  }),
};
