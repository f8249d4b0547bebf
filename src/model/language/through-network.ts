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
 * What stands around the blocks, in the operations of one kind of graph; pictures are [N, C, H, W].
 */
export type Sheet<V> = {
  /** Blocks of samples into channels, the block's place varying slowest. */
  readonly unshuffled: (x: V, block: number) => V;
  readonly shuffled: (x: V, block: number) => V;
  /** Without `by` samples on each side. */
  readonly cropped: (x: V, by: number) => V;
  /** An operand of one channel goes to all channels of the other. */
  readonly sum: (a: V, b: V) => V;
  /** The convolution of a bicubic enlargement. */
  readonly bicubic: (x: V, kernel: BicubicKernel) => V;
  /** All channels, `count` times one after the other. */
  readonly repeated: (x: V, count: number) => V;
  /** `factor` x + `offset`. */
  readonly scaled: (x: V, factor: number, offset: number) => V;
  /** The patches of a picture, in the form in which the sheet runs dense layers. */
  readonly patched: (x: V, grid: PatchGrid, channels: number) => V;
  /** The picture of patches that went through those layers. */
  readonly blended: (x: V, grid: PatchGrid, channels: number) => V;
};

/** By how much the result of `throughNetwork` is still to be shuffled; 1 for not at all. */
export function lastShuffle({ after, scale }: Pick<Network, 'after' | 'scale'>): number {
  return after === 'shuffle' ? scale : 1;
}

/**
 * The way of a picture through a network, up to the last shuffle. `x` brings `reachOf` samples of
 * context on each side, which the result is without.
 */
export function throughNetwork<V>(
  network: Network,
  x: V,
  sheet: Sheet<V>,
  runBlocks: (x: V) => V,
): V {
  const { scale, before, after, skip, patches } = network;
  const channels = channelsOf(network);
  const unshuffle = unshuffleOf(network);
  const reach = reachOf(network);
  const kernel = bicubicKernel(channels, scale);
  const enlargedApart = (): V =>
    sheet.bicubic(kernel.unshuffle > 1 ? sheet.unshuffled(x, kernel.unshuffle) : x, kernel);
  const enlarged =
    before === 'bicubic' || (skip === 'bicubic' && after === 'nothing')
      ? sheet.shuffled(enlargedApart(), kernel.shuffle)
      : undefined;

  let value = before === 'bicubic' ? enlarged! : x;
  if (unshuffle > 1) value = sheet.unshuffled(value, unshuffle);
  const grid = patches === undefined ? undefined : patchGrid(patches, channels, scale);
  if (grid !== undefined) value = sheet.patched(value, grid, channels);
  if (network.signed === true) value = sheet.scaled(value, 2, -1);
  value = runBlocks(value);
  if (network.signed === true) value = sheet.scaled(value, 0.5, 0.5);
  if (grid !== undefined) return sheet.blended(value, grid, channels);
  const { density, lost } = gridAfter(network.blocks, firstGrid(network));
  value = sheet.cropped(value, reach * density - lost);
  if (unshuffle > 1) value = sheet.shuffled(value, unshuffle);
  return skip === 'none' ? value : sheet.sum(value, skipped());

  /** The picture of the long skip, in the form of the result. */
  function skipped(): V {
    if (skip === 'bicubic') {
      const loss = bicubicLoss(scale);
      return enlarged === undefined
        ? sheet.cropped(enlargedApart(), reach - loss)
        : sheet.cropped(enlarged, (reach - loss) * scale);
    }
    const own = sheet.cropped(x, reach);
    if (after === 'shuffle') return channels === 1 ? own : sheet.repeated(own, scale ** 2);
    return scale === 1 ? own : sheet.shuffled(sheet.repeated(own, scale ** 2), scale);
  }
}
