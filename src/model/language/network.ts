import { type Grid, numbered, type Parameter } from '../blocks/block.js';
import { type Block, blockMultiplications, blockParameters, gridAfter } from '../blocks/kinds.js';
import { type Patches, patchReach } from './patch-grid.js';
import { ratioOf } from './ratio.js';

/**
 * A network that enlarges pictures, as a value: training graph, model file, layout of the weights,
 * reach and cost all follow from it.
 */
export type Network = {
  /** The name of its architecture. */
  readonly arch: string;
  /** Enlargement each way: whole, or a ratio of small whole numbers such as 3/2. */
  readonly scale: number;
  /** What it takes and gives: luma [N, 1, H, W] or RGB [N, 3, H, W]. */
  readonly colour: 'luma' | 'rgb';
  /**
   * What becomes of the picture before the blocks. `bicubic` enlarges it to the target size.
   * `unshuffle` n takes it apart into n^2 pictures of every n-th sample, one a channel: wider
   * layers at a fraction of the places cost as much as narrow ones at all of them, see further, and
   * gain more from 8-bit arithmetic (FFDNet, https://arxiv.org/abs/1710.04026).
   */
  readonly before: 'nothing' | 'bicubic' | { readonly unshuffle: number };
  readonly blocks: readonly Block[];
  /**
   * What becomes of the blocks' result. `shuffle` makes one picture, `scale` times larger, of its
   * channels (ESPCN, https://arxiv.org/abs/1609.05158), after undoing an unshuffle.
   */
  readonly after: 'shuffle' | 'nothing';
  /**
   * The picture that is added to the result, so that the blocks learn what is missing: each sample
   * repeated, or bicubic.
   */
  readonly skip: 'none' | 'repeated' | 'bicubic';
  /** It works on -1..1 inside; the pictures it takes and gives are 0..1. */
  readonly signed?: true;
  /** How it is run where it takes patches only. */
  readonly patches?: Patches;
  /**
   * Where inner layers compute in 8 bits (those from the second, as many as `coarseEnd` says): how
   * much one code, of 0 to 255, means in what the first and each of these puts out. Absent: all in
   * floating point. Only networks that are convolutions from end to end have it.
   */
  readonly activationSteps?: readonly number[];
  /**
   * It has a dial: how strongly the source is compressed, 0 to 1. Each of its weights is a value at
   * strength 0 plus the strength times a slope, so that at one strength it is a network like any
   * other and takes no longer. A constant plane beside the picture would be the same with slopes in
   * the first layer's biases only (docs/adr/0027-a-dial-for-compression.md).
   */
  readonly strength?: true;
};

/** Weights as kept and trained: every list of `parametersOf`, end to end. */
export type Weights = Float32Array;

/** The place of a trainable list within the weights. */
export type Placed = Parameter & {
  /** Values before it. */
  readonly offset: number;
  readonly size: number;
};

/** Samples of the bicubic kernel each side, of the picture that is enlarged. */
const bicubicReach = 2;

/** Channels of the picture. */
export function channelsOf({ colour }: Pick<Network, 'colour'>): 1 | 3 {
  return colour === 'rgb' ? 3 : 1;
}

/** By how much the picture is unshuffled before the blocks; 1 for not at all. */
export function unshuffleOf({ before }: Pick<Network, 'before'>): number {
  return typeof before === 'string' ? 1 : before.unshuffle;
}

/**
 * Source samples lost on each side by bicubic enlargement, whole blocks of the ratio's denominator.
 */
export function bicubicLoss(scale: number): number {
  const { den } = ratioOf(scale);
  return Math.ceil(bicubicReach / den) * den;
}

/** What the blocks take. */
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

/** Every trainable list and its place in the weights. */
export function parametersOf(network: Network): Placed[] {
  const lists = blockParameters(network.blocks, firstGrid(network), numbered());
  const slopes = lists.map(({ name, shape }) => ({ name: slopeName(name), shape }));
  return placed([...lists, ...(network.strength === true ? slopes : [])]);
}

/** Lists end to end, each with its place. */
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

/** The same network without a dial, as it is at one strength. */
export function withoutDial(network: Network): Network {
  const plain: { -readonly [K in keyof Network]: Network[K] } = { ...network };
  delete plain.strength;
  return plain;
}

/**
 * The weights of a network with a dial: what they are at strength 0, and by how much they grow to
 * 1.
 */
export function partsOfDial(weights: Weights): {
  readonly base: Weights;
  readonly slopes: Weights;
} {
  const count = weights.length / 2;
  return { base: weights.subarray(0, count), slopes: weights.subarray(count) };
}

/** How many trainable values there are. */
export function parameterCount(network: Network): number {
  return parametersOf(network).reduce((sum, { size }) => sum + size, 0);
}

/**
 * A picture that is run, and a patch that is trained on where the network takes any, must be a
 * multiple of this each way.
 */
export function alignmentOf(network: Network): number {
  if (network.patches !== undefined) return network.patches.step;
  return Math.max(unshuffleOf(network), ratioOf(network.scale).den);
}

/** How many source samples of context the network reads each side. */
export function reachOf(network: Network): number {
  const { scale, skip, patches } = network;
  if (patches !== undefined) return patchReach(patches, scale);
  const { density, lost } = gridAfter(network.blocks, firstGrid(network));
  const needed = Math.max(lost / density, skip === 'bicubic' ? bicubicLoss(scale) : 0);
  const align = alignmentOf(network);
  return Math.ceil(needed / align - 1e-9) * align;
}

/**
 * How many source samples of context a patch that is trained on brings each side: none where the
 * network takes patches, since it sees nothing but them.
 */
export function trainingReach(network: Network): number {
  return network.patches === undefined ? reachOf(network) : 0;
}

/** Multiplications for each sample of the source picture, without those of bicubic enlargements. */
export function multiplicationsOf(network: Network): number {
  const { blocks, patches } = network;
  return Math.round(
    blockMultiplications(blocks, firstGrid(network)) /
      (patches === undefined ? 1 : patches.step ** 2),
  );
}

/** Says what does not fit in a network that was put together wrongly: a RangeError. */
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
