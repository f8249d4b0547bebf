import type { Activation } from '../blocks/activation.js';
import { convolution } from '../blocks/convolution.js';
import type { Architecture } from './architecture.js';

/**
 * Convolutions to 64 and 32 channels, then to one channel per output sample, by kernels of 5, 3 and
 * 3: the network of the ESPCN paper, https://arxiv.org/abs/1609.05158.
 */
export const espcn: Architecture = {
  name: 'espcn',
  scales: [2, 3, 4],
  defaults: { activation: 'relu' },
  build: (scale, { activation }) => ({
    ...plain,
    blocks: shuffling([5, 3, 3], [64, 32], scale ** 2, activation),
  }),
};

/** Luma in, sub-pixel shuffle at the end, no skip. */
export const plain = { colour: 'luma', before: 'nothing', after: 'shuffle', skip: 'none' } as const;

/**
 * Convolutions to each of `widths` channels and at last to `outputs` channels, with kernels of
 * `kernels` (one more than `widths`) and `activation` after all but the last.
 */
export function shuffling(
  kernels: readonly number[],
  widths: readonly number[],
  outputs: number,
  activation: Activation,
) {
  return [...widths, outputs].map((width, i) =>
    convolution(kernels[i]!, width, i === widths.length ? 'none' : activation),
  );
}
