import { dense } from '../blocks/dense.js';
import type { Block } from '../blocks/kinds.js';
import { ratioOf } from '../language/ratio.js';
import type { Architecture } from './architecture.js';

/**
 * Distance from one patch to the next, as a share of the patch. Smaller steps blend more patches:
 * better pictures, and more work by the square of the share.
 */
const stepShare = 0.4;

/**
 * Dense layers from a patch of luma in -1..1 to the enlarged patch: `width` values, then half as
 * many in each further layer. Unlike a convolution, it has to learn which samples are neighbours.
 */
export const patchMlp: Architecture = {
  name: 'patch-mlp',
  scales: [1, 1.5, 2],
  defaults: { depth: 2, width: 2048, activation: 'tanh', dropout: 0, patch: 10 },
  build(scale, { depth, width, activation, dropout, patch: size }) {
    const { den } = ratioOf(scale);
    const step = den * Math.max(1, Math.floor((size * stepShare) / den));
    const widths = Array.from({ length: depth }, (_, i) =>
      i === 0 ? width : Math.ceil(width / 2),
    );
    const blocks: Block[] = widths.map((values) => dense(values, activation, dropout));
    return {
      ...{ colour: 'luma', before: 'nothing', after: 'nothing', skip: 'none', signed: true },
      patches: { size, step },
      blocks: [...blocks, dense((size * scale) ** 2)],
    };
  },
};
