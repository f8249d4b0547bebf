import type { Activation } from '../blocks/activation.js';
import { type Network, parametersOf, type Weights } from './network.js';

/** One square convolution with bias. */
export type Layer = {
  /** Width and height of the kernel in samples; odd. */
  readonly kernel: number;
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  readonly activation: Activation;
};

/** A convolution's part of the weights, as views of them. */
export type LayerWeights = { readonly kernel: Float32Array; readonly bias: Float32Array };

/**
 * The layers of a luma network of convolutions alone, without prelu; `null` for any other. 8-bit
 * copies, and training that starts from another network layer by layer, work on these.
 */
export function layersOf(network: Pick<Network, 'blocks' | 'colour' | 'before'>): Layer[] | null {
  const { blocks, colour, before } = network;
  let inputs = typeof before === 'string' ? 1 : before.unshuffle ** 2;
  const layers: Layer[] = [];
  for (const block of blocks) {
    if (block.kind !== 'convolution' || block.activation === 'prelu') return null;
    const { kernel, channels: outputs, activation } = block;
    layers.push({ kernel, inputs, outputs, activation });
    inputs = outputs;
  }
  return colour === 'luma' && before !== 'bicubic' ? layers : null;
}

/** The layers of a network as `layersOf`; throws a RangeError where that is `null`. */
export function plainLayers(
  network: Pick<Network, 'blocks' | 'colour' | 'before' | 'arch'>,
): Layer[] {
  const layers = layersOf(network);
  if (layers === null) throw new RangeError(`${network.arch} is not convolutions from end to end`);
  return layers;
}

/**
 * Views of each convolution's kernel and bias within `weights`, in order; includes convolutions
 * within other blocks.
 */
export function layerWeights(network: Network, weights: Weights): LayerWeights[] {
  const view = ({ offset, size }: { offset: number; size: number }) =>
    weights.subarray(offset, offset + size);
  const lists = parametersOf(network);
  return lists.flatMap((list, i) =>
    /^conv\d+\.weight$/.test(list.name) ? [{ kernel: view(list), bias: view(lists[i + 1]!) }] : [],
  );
}
