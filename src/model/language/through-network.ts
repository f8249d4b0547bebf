import { type BicubicKernel, bicubicKernel } from './bicubic.js';
import { gridAfter } from '../blocks/kinds.js';
import { type PatchGrid, patchGrid } from './patch-grid.js';
import {
  bicubicLoss,
  channelsOf,
  firstGrid,
  type Network,
  reachOf,
  unshuffleOf,
} from './network.js';

/**
 * The operations of a network outside its blocks, as nodes of one kind of graph, a training graph
 * or that of a model file. Pictures are [N, C, H, W].
 */
export type PictureOperations<V> = {
  /** Blocks of samples into channels, the place within the block varying slowest. */
  readonly unshuffled: (x: V, block: number) => V;
  /** The reverse: channels into blocks of samples. */
  readonly shuffled: (x: V, block: number) => V;
  /** `x` without `by` samples on each side. */
  readonly cropped: (x: V, by: number) => V;
  /** The sum; an operand of one channel is added to all channels of the other. */
  readonly sum: (a: V, b: V) => V;
  /** The convolution of a bicubic enlargement. */
  readonly bicubic: (x: V, kernel: BicubicKernel) => V;
  /** All channels of `x`, `count` times one after the other. */
  readonly repeated: (x: V, count: number) => V;
  /** `factor` * `x` + `offset`. */
  readonly scaled: (x: V, factor: number, offset: number) => V;
  /** The patches of a picture, in the form in which dense layers run in this kind of graph. */
  readonly patched: (x: V, grid: PatchGrid, channels: number) => V;
  /** The reverse: the picture that the patches make after those layers. */
  readonly blended: (x: V, grid: PatchGrid, channels: number) => V;
};

/** The factor by which the result of `throughNetwork` is still to be shuffled; 1 for not at all. */
export function lastShuffle({ after, scale }: Pick<Network, 'after' | 'scale'>): number {
  return after === 'shuffle' ? scale : 1;
}

/**
 * Writes the network into a graph, up to the last shuffle. `x` is a picture with `reachOf` samples
 * of context on each side, which the result no longer has.
 */
export function throughNetwork<V>(
  network: Network,
  x: V,
  operations: PictureOperations<V>,
  runBlocks: (x: V) => V,
): V {
  const { scale, before, after, skip, patches } = network;
  const channels = channelsOf(network);
  const unshuffle = unshuffleOf(network);
  const reach = reachOf(network);
  const kernel = bicubicKernel(channels, scale);
  const enlargedApart = (): V =>
    operations.bicubic(
      kernel.unshuffle > 1 ? operations.unshuffled(x, kernel.unshuffle) : x,
      kernel,
    );
  const enlarged =
    before === 'bicubic' || (skip === 'bicubic' && after === 'nothing')
      ? operations.shuffled(enlargedApart(), kernel.shuffle)
      : undefined;

  let value = before === 'bicubic' ? enlarged! : x;
  if (unshuffle > 1) value = operations.unshuffled(value, unshuffle);
  const grid = patches === undefined ? undefined : patchGrid(patches, channels, scale);
  if (grid !== undefined) value = operations.patched(value, grid, channels);
  if (network.signed === true) value = operations.scaled(value, 2, -1);
  value = runBlocks(value);
  if (network.signed === true) value = operations.scaled(value, 0.5, 0.5);
  if (grid !== undefined) return operations.blended(value, grid, channels);
  const { density, lost } = gridAfter(network.blocks, firstGrid(network));
  value = operations.cropped(value, reach * density - lost);
  if (unshuffle > 1) value = operations.shuffled(value, unshuffle);
  return skip === 'none' ? value : operations.sum(value, skipped());

  /** The enlarged picture of the long skip, shuffled or not as the result is. */
  function skipped(): V {
    if (skip === 'bicubic') {
      const loss = bicubicLoss(scale);
      return enlarged === undefined
        ? operations.cropped(enlargedApart(), reach - loss)
        : operations.cropped(enlarged, (reach - loss) * scale);
    }
    const own = operations.cropped(x, reach);
    if (after === 'shuffle') return channels === 1 ? own : operations.repeated(own, scale ** 2);
    return scale === 1 ? own : operations.shuffled(operations.repeated(own, scale ** 2), scale);
  }
}
