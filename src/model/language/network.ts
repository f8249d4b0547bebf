import { type Grid, numbered, type Parameter } from '../blocks/block.js';
import { type Block, blockMultiplications, blockParameters, gridAfter } from '../blocks/kinds.js';
import { type Patches, patchReach } from './patch-grid.js';
import { ratioOf } from './ratio.js';

/**
 * A network that enlarges pictures, described as data: its training graph, its model file, the
 * layout of its weights, its reach and its cost are all derived from it.
 */
export type Network = {
  /** The name of its architecture. */
  readonly arch: string;
  /** Factor of width and of height: whole, or a ratio of small whole numbers such as 3/2. */
  readonly scale: number;
  /** What it takes and gives: luma [N, 1, H, W] or RGB [N, 3, H, W]. */
  readonly colour: 'luma' | 'rgb';
  /**
   * What is done to the picture before the blocks. `bicubic` enlarges it to the target size.
   * `unshuffle` n splits it into n^2 channels, each of every n-th sample across and down: wide
   * layers at a fraction of the places cost as much as narrow ones at all of them, see further, and
   * gain more from 8-bit arithmetic (FFDNet, https://arxiv.org/abs/1710.04026).
   */
  readonly before: 'nothing' | 'bicubic' | { readonly unshuffle: number };
  readonly blocks: readonly Block[];
  /**
   * What is done to the blocks' result. `shuffle` undoes an unshuffle and makes a picture `scale`
   * times larger of the channels (ESPCN, https://arxiv.org/abs/1609.05158).
   */
  readonly after: 'shuffle' | 'nothing';
  /**
   * The long skip: the enlarged source that is added to the result, so that the blocks learn only
   * what it lacks. Enlarged by repeated samples, or bicubically.
   */
  readonly skip: 'none' | 'repeated' | 'bicubic';
  /** The blocks work on samples in -1..1; the pictures before and after are in 0..1 as always. */
  readonly signed?: true;
  /** How patches cover a picture, for a network that takes patches of one size. */
  readonly patches?: Patches;
  /**
   * For a network whose inner layers compute in 8 bits (from the second to that before
   * `coarseEnd`): the step, that is the value of one code of 0 to 255, of the outputs of the first
   * layer and of each inner one. Absent: all in floating point. Only networks of convolutions alone
   * have it.
   */
  readonly activationSteps?: readonly number[];
  /**
   * The network has a dial: how strongly the source is compressed, 0 to 1. Each weight is its value
   * at strength 0 plus the strength times a slope, so that at a given strength it is a network like
   * any other and takes no longer. The usual way, a constant plane as another input channel, would
   * give slopes to the first layer's biases only (docs/adr/0027-a-dial-for-compression.md).
   */
  readonly strength?: true;
};

/** The weights of a network: every list of `parametersOf`, one after the other. */
export type Weights = Float32Array;

/** A trainable list and its place within the weights. */
export type Placed = Parameter & {
  /** Number of values before it. */
  readonly offset: number;
  readonly size: number;
};

/** Source samples that the bicubic kernel reads on each side. */
const bicubicReach = 2;

/** Channels of the pictures that the network takes and gives. */
export function channelsOf({ colour }: Pick<Network, 'colour'>): 1 | 3 {
  return colour === 'rgb' ? 3 : 1;
}

/** By how much the picture is unshuffled before the blocks; 1 for not at all. */
export function unshuffleOf({ before }: Pick<Network, 'before'>): number {
  return typeof before === 'string' ? 1 : before.unshuffle;
}

/**
 * Source samples lost on each side by bicubic enlargement, in whole blocks of the denominator of
 * the scale.
 */
export function bicubicLoss(scale: number): number {
  const { den } = ratioOf(scale);
  return Math.ceil(bicubicReach / den) * den;
}

/** The grid of the picture that the first block takes. */
export function firstGrid(network: Network): Grid {
  const { scale, before, patches } = network;
  const channels = channelsOf(network);
  const side = patches?.size ?? null;
  if (before === 'nothing') return { channels, density: 1, lost: 0, side };
  if (before === 'bicubic') {
    return { channels, density: scale, lost: bicubicLoss(scale) * scale, side: null };
  }
  const { unshuffle } = before;
  return { channels: channels * unshuffle ** 2, density: 1 / unshuffle, lost: 0, side: null };
}

/** Every trainable list of a network with its place in the weights; slopes of a dial come last. */
export function parametersOf(network: Network): Placed[] {
  const lists = blockParameters(network.blocks, firstGrid(network), numbered());
  const slopes = lists.map(({ name, shape }) => ({ name: slopeName(name), shape }));
  return placed([...lists, ...(network.strength === true ? slopes : [])]);
}

/** The lists one after the other, each with its place. */
export function placed(lists: readonly Parameter[]): Placed[] {
  let offset = 0;
  return lists.map((list) => {
    const size = list.shape.reduce((product, extent) => product * extent, 1);
    const at = { ...list, offset, size };
    offset += size;
    return at;
  });
}

/** The list that holds the slopes of the list `name` in a network with a dial. */
export function slopeName(name: string): string {
  return `strength.${name}`;
}

/** The same network without a dial: its form at any one strength. */
export function withoutDial(network: Network): Network {
  const plain: { -readonly [K in keyof Network]: Network[K] } = { ...network };
  delete plain.strength;
  return plain;
}

/**
 * The weights of a network with a dial, as views: their values at strength 0, and their slopes, the
 * change from there to strength 1.
 */
export function partsOfDial(weights: Weights): {
  readonly base: Weights;
  readonly slopes: Weights;
} {
  const count = weights.length / 2;
  return { base: weights.subarray(0, count), slopes: weights.subarray(count) };
}

/** The number of trainable values. */
export function parameterCount(network: Network): number {
  return parametersOf(network).reduce((sum, { size }) => sum + size, 0);
}

/**
 * The number of which the width and height of a picture must be multiples, and in training those of
 * a patch, unless the network takes patches of one size.
 */
export function alignmentOf(network: Network): number {
  if (network.patches !== undefined) return network.patches.step;
  return Math.max(unshuffleOf(network), ratioOf(network.scale).den);
}

/** Source samples of context that the network reads on each side. */
export function reachOf(network: Network): number {
  const { scale, skip, patches } = network;
  if (patches !== undefined) return patchReach(patches, scale);
  const { density, lost } = gridAfter(network.blocks, firstGrid(network));
  const needed = Math.max(lost / density, skip === 'bicubic' ? bicubicLoss(scale) : 0);
  const align = alignmentOf(network);
  return Math.ceil(needed / align - 1e-9) * align;
}

/**
 * Source samples of context around a training patch on each side: none where the network takes
 * patches of one size, since it sees nothing but them.
 */
export function trainingReach(network: Network): number {
  return network.patches === undefined ? reachOf(network) : 0;
}

/** Multiplications per sample of the source, without those of bicubic enlargement. */
export function multiplicationsOf(network: Network): number {
  const { blocks, patches } = network;
  return Math.round(
    blockMultiplications(blocks, firstGrid(network)) /
      (patches === undefined ? 1 : patches.step ** 2),
  );
}

/** Throws a RangeError, which says what does not fit, for a network put together wrongly. */
export function checkNetwork(network: Network): void {
  const { scale, before, after, patches } = network;
  const grid = gridAfter(network.blocks, firstGrid(network));
  const channels = channelsOf(network);
  const wanted =
    patches !== undefined
      ? channels * (patches.size * scale) ** 2
      : after === 'shuffle'
        ? channels * (scale * unshuffleOf(network)) ** 2
        : channels;
  const density = after === 'shuffle' ? 1 / unshuffleOf(network) : scale;
  const fits =
    grid.channels === wanted &&
    (patches !== undefined || grid.density === density) &&
    (after === 'nothing' || (Number.isInteger(scale) && before !== 'bicubic'));
  if (!fits) {
    throw new RangeError(
      `${network.arch} gives ${grid.channels} channels at ${grid.density}x, not ${wanted} at ${density}x`,
    );
  }
}
