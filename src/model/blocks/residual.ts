import { add } from '../autodiff/pointwise.js';
import { crop } from '../autodiff/shape.js';
import type { AnyBlock, BlockKind } from './block.js';

/** Blocks whose result is added to their input (https://arxiv.org/abs/1512.03385). */
export interface Residual<B extends AnyBlock = AnyBlock> {
  readonly kind: 'residual';
  readonly blocks: readonly B[];
}

export const residualKind: BlockKind<Residual> = {
  after({ blocks }, grid, inner) {
    const after = inner.after(blocks, grid);
    if (after.channels !== grid.channels || after.density !== grid.density) {
      throw new RangeError(
        `a residual of ${grid.channels} channels gives ${after.channels}, ${after.density / grid.density} times as dense`,
      );
    }
    return after;
  },

  parameters({ blocks }, grid, names, inner) {
    const lists = inner.parameters(blocks, grid, names);
    const last = lists.findLastIndex(({ fans }) => fans !== undefined);
    // Otherwise, values would grow with every further block before training.
    return lists.map((list, i) => (i === last ? { ...list, small: true } : list));
  },

  train(tape, { blocks }, x, training) {
    const change = training.blocks(blocks, x);
    const [n, c, h, w] = change.shape as [number, number, number, number];
    const cut = (x.shape[2]! - h) / 2;
    return add(tape, change, cut === 0 ? x : crop(tape, x, [0, 0, cut, cut], [n, c, h, w]));
  },

  run({ blocks }, x, running) {
    const { graph } = running;
    const change = running.blocks(blocks, x);
    const { lost } = running.after(blocks, { channels: 1, density: 1, lost: 0, side: null });
    if (lost === 0) return graph.op('Add', [change, x]);
    const [from, to] = [graph.ints('from', [lost, lost]), graph.ints('to', [-lost, -lost])];
    const cropped = graph.op('Slice', [x, from, to, graph.ints('axes', [2, 3])]);
    return graph.op('Add', [change, cropped]);
  },

  multiplications({ blocks }, grid, inner) {
    return inner.multiplications(blocks, grid);
  },
};
