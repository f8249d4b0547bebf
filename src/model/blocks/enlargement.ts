import { enlargeNearest } from '../autodiff/enlarge.js';
import type { Activation } from './activation.js';
import type { BlockKind, Grid } from './block.js';
import { type Convolution, convolutionKind } from './convolution.js';

/**
 * Every sample repeated `factor` times across and down, then a convolution: enlarges without the
 * checkerboard patterns of transposed convolutions
 * (https://distill.pub/2016/deconv-checkerboard/).
 */
export type Enlargement = Omit<Convolution, 'kind'> & {
  readonly kind: 'enlargement';
  readonly factor: number;
};

/** Enlarges `factor` times, then convolves by 3x3 to `channels`. */
export function enlargement(
  factor: number,
  channels: number,
  activation: Activation = 'none',
): Enlargement {
  return { kind: 'enlargement', factor, kernel: 3, channels, activation };
}

const inside = (block: Enlargement): Convolution => ({ ...block, kind: 'convolution' });

function enlarged({ factor }: Enlargement, grid: Grid): Grid {
  return { ...grid, density: grid.density * factor, lost: grid.lost * factor };
}

export const enlargementKind: BlockKind<Enlargement> = {
  after: (block, grid, inner) => convolutionKind.after(inside(block), enlarged(block, grid), inner),

  parameters: (block, grid, names, inner) =>
    convolutionKind.parameters(inside(block), enlarged(block, grid), names, inner),

  train: (tape, block, x, training) =>
    convolutionKind.train(tape, inside(block), enlargeNearest(tape, x, block.factor), training),

  run(block, x, running) {
    const { factor } = block;
    // Not Resize: how many samples around it that reads depends on its attributes.
    const copies = running.graph.op('Concat', Array<string>(factor ** 2).fill(x), { axis: 1 });
    const wide = running.graph.op('DepthToSpace', [copies], { blocksize: factor, mode: 'DCR' });
    return convolutionKind.run(inside(block), wide, running);
  },

  multiplications: (block, grid, inner) =>
    convolutionKind.multiplications(inside(block), enlarged(block, grid), inner),
};
