import { badValue } from '../../errors.js';

/** What a convolution's result passes through. */
export type Activation = 'relu' | 'tanh' | 'none';

/** One square convolution with bias. */
export type Layer = {
  /** Samples each way; odd. */
  readonly kernel: number;
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  readonly activation: Activation;
};

/**
 * A network that enlarges one luma channel: convolutions at the low resolution, then the shuffle of
 * `scale`^2 channels into a picture `scale` times larger (ESPCN, https://arxiv.org/abs/1609.05158).
 * The one definition that training and inference share.
 */
export type Network = {
  readonly arch: string;
  readonly scale: number;
  /**
   * The picture is taken apart into `unshuffle`^2 pictures of every `unshuffle`-th sample, one a
   * channel, ahead of the layers, and put together behind them; 1 for none. Wider layers at a
   * fraction of the places cost as much as narrow ones at all of them, see further, and gain more
   * from 8-bit arithmetic (FFDNet, https://arxiv.org/abs/1710.04026).
   */
  readonly unshuffle: number;
  readonly layers: readonly Layer[];
  /**
   * The input is added to each of the channels ahead of the shuffle: the layers learn what is
   * missing.
   */
  readonly skip: boolean;
  /**
   * Where inner layers compute in 8 bits (those from the second, as many as `coarseEnd` says): how
   * much one code, of 0 to 255, means in what the first and each of these puts out. Absent: all in
   * floating point.
   */
  readonly activationSteps?: readonly number[];
};

/**
 * Weights as kept and trained: per layer kernel [outputs, inputs, k, k], then bias [outputs], end
 * to end.
 */
export type Weights = Float32Array;

/** What a name of `archs` can be varied by. */
export type NetworkOptions = {
  /** Layers of equal width in a network of `evenNetworks`, the last convolution not counted. */
  readonly depth?: number;
  /** Activation of all layers but the last; `relu`. */
  readonly activation?: Exclude<Activation, 'none'>;
};

/**
 * Networks of 3x3 layers of one width with a long skip: their width, how the picture is unshuffled
 * and how many such layers there are unless told otherwise. Widths of 32 and 48 are what 8-bit
 * arithmetic is good at.
 */
export const evenNetworks: Readonly<
  Record<string, { width: number; unshuffle: number; depth: number }>
> = {
  'espcn-16': { width: 16, unshuffle: 1, depth: 6 },
  'espcn-32': { width: 32, unshuffle: 1, depth: 5 },
  'espcn-48': { width: 48, unshuffle: 1, depth: 6 },
  'espcn-u32': { width: 32, unshuffle: 2, depth: 6 },
};

/** The names `networkOf` knows. */
export const archs: readonly string[] = ['espcn', 'espcn-58k', ...Object.keys(evenNetworks)];

function chain(
  kernels: readonly number[],
  widths: readonly number[],
  scale: number,
  activation: Activation,
  unshuffle = 1,
): Layer[] {
  const outputs = [...widths, (scale * unshuffle) ** 2];
  return kernels.map((kernel, i) => ({
    kernel,
    inputs: i === 0 ? unshuffle ** 2 : outputs[i - 1]!,
    outputs: outputs[i]!,
    activation: i === kernels.length - 1 ? 'none' : activation,
  }));
}

/**
 * The network of a name at a scale.
 *
 * - `espcn`: the paper's, kernels 5-3-3, channels 64-32.
 * - `espcn-58k`: kernels 5-3-3-3, channels 64-64-32; 58,212 parameters at 2x.
 * - `espcn-16`: 3x3 layers of 16 channels and a long skip; 12,340 parameters at 2x with six layers.
 * - `espcn-32`, `espcn-48`: the same with wider layers, five of 32 (38,468 parameters) or six of 48
 *   channels (106,132).
 * - `espcn-u32`: the same with six layers of 32 channels on the picture unshuffled by 2.
 */
export function networkOf(arch: string, scale: number, options: NetworkOptions = {}): Network {
  const { activation = 'relu' } = options;
  const even = evenNetworks[arch];
  if (even !== undefined) {
    const { width, unshuffle } = even;
    const widths = Array<number>(options.depth ?? even.depth).fill(width);
    const kernels = Array<number>(widths.length + 1).fill(3);
    const layers = chain(kernels, widths, scale, activation, unshuffle);
    return { arch, scale, unshuffle, layers, skip: true };
  }
  const plain = { arch, scale, unshuffle: 1, skip: false };
  switch (arch) {
    case 'espcn':
      return { ...plain, layers: chain([5, 3, 3], [64, 32], scale, activation) };
    case 'espcn-58k':
      return { ...plain, layers: chain([5, 3, 3, 3], [64, 64, 32], scale, activation) };
    default:
      throw badValue(`one of ${archs.join(', ')}`, 'the architecture', arch);
  }
}

/**
 * How many source samples of context the layers read each side: the sum of the kernels' radii, each
 * `unshuffle` samples wide.
 */
export function reachOf(network: Network): number {
  const radii = network.layers.reduce((sum, layer) => sum + (layer.kernel - 1) / 2, 0);
  return network.unshuffle * radii;
}

/** Values in a layer's kernel. */
export function kernelSize(layer: Layer): number {
  return layer.outputs * layer.inputs * layer.kernel * layer.kernel;
}

/** Weights and biases of the whole network. */
export function parameterCount(network: Network): number {
  return network.layers.reduce((sum, layer) => sum + kernelSize(layer) + layer.outputs, 0);
}

/** A layer's part of the weights, as views. */
export type LayerWeights = { readonly kernel: Float32Array; readonly bias: Float32Array };

/** Views of each layer's kernel and bias within `weights`. */
export function layerWeights(network: Network, weights: Weights): LayerWeights[] {
  let offset = 0;
  return network.layers.map((layer) => {
    const kernel = weights.subarray(offset, (offset += kernelSize(layer)));
    const bias = weights.subarray(offset, (offset += layer.outputs));
    return { kernel, bias };
  });
}
