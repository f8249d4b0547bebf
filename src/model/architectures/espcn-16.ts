import type { Activation } from '../blocks/activation.js';
import type { Architecture } from './architecture.js';
import { plain, shuffling } from './espcn.js';

/** 3x3 layers of 16 channels and a long skip; 12,340 parameters at 2x with six layers. */
export const espcn16: Architecture = {
  name: 'espcn-16',
  scales: [2, 3, 4],
  defaults: { depth: 6, activation: 'relu' },
  build: (scale, { depth, activation }) => ({
    ...plain,
    ...{ blocks: even(depth, 16, scale ** 2, activation), skip: 'repeated' },
  }),
};

/** `depth` 3x3 layers of `width` channels, and a last one of `outputs` channels. */
export function even(depth: number, width: number, outputs: number, activation: Activation) {
  const widths = Array<number>(depth).fill(width);
  return shuffling(Array<number>(depth + 1).fill(3), widths, outputs, activation);
}
