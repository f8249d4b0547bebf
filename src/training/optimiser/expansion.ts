import type { GraphBuilder } from '../../model/onnx/graph-builder.js';
import {
  type Network,
  parameterCount,
  parametersOf,
  type Placed,
  type Weights,
} from '../../model/language/network.js';
import { normals, randomAt } from '../base/random.js';
import { initialGains, initialWeights } from './initial-weights.js';
import { rightInverse } from './right-inverse.js';

/*
 * Collapsible training (https://arxiv.org/abs/2103.09404, https://arxiv.org/abs/2006.09679): while
 * it is trained, each convolution is two, one into `channels` channels and one of 1x1 out of them,
 * plus the identity where as many channels come out as go in. With nothing between them the two are
 * one convolution again, so that only the optimiser knows of them: it steps on the pair and gives
 * the kernel W = A B (+ identity), with which everything else computes.
 */

/**
 * How a network is expanded in training: each of its convolutions, wherever it stands; all else
 * trains as it is.
 */
export type Expansion = {
  readonly network: Network;
  /** Channels between the two convolutions of a pair; at least what any layer puts out. */
  readonly channels: number;
};

/** The kernel of a convolution. */
type Layer = { readonly outputs: number; readonly inputs: number; readonly kernel: number };

/** A list of the weights. `layer` is set where the list is a kernel, which is expanded. */
type Part = { readonly list: Placed; readonly layer: Layer | null };

function partsOf(network: Network): Part[] {
  return parametersOf(network).map((list) => {
    if (!/^conv\d+\.weight$/.test(list.name)) return { list, layer: null };
    const [outputs, inputs, kernel] = list.shape as [number, number, number];
    return { list, layer: { outputs, inputs, kernel } };
  });
}

/** The most channels that a convolution of the network puts out. */
export function widestLayer(network: Network): number {
  return Math.max(0, ...partsOf(network).map(({ layer }) => layer?.outputs ?? 0));
}

/** Kernel values for each output of a layer. */
function fanIn(layer: Layer): number {
  return layer.inputs * layer.kernel ** 2;
}

function kernelSize(layer: Layer): number {
  return layer.outputs * fanIn(layer);
}

/**
 * Numbers of trained values of a list: its own, or for an expanded kernel those of B [channels,
 * fan-in] and A [outputs, channels].
 */
function partSizes({ list, layer }: Part, channels: number): number[] {
  return layer === null ? [list.size] : [channels * fanIn(layer), layer.outputs * channels];
}

/** Number of trained values of an expanded network. */
export function expandedCount({ network, channels }: Expansion): number {
  const sizes = partsOf(network).flatMap((part) => partSizes(part, channels));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Whether the layer's input is added to what its pair gives. */
function hasIdentity(layer: Layer): boolean {
  return layer.inputs === layer.outputs;
}

/** [outputs, fan-in]: 1 where a channel meets itself at the middle of the kernel. */
function identityOf(layer: Layer): Float32Array {
  const values = new Float32Array(kernelSize(layer));
  const area = layer.kernel ** 2;
  for (let c = 0; c < layer.outputs; c++) values[c * fanIn(layer) + c * area + (area >> 1)] = 1;
  return values;
}

/** Factor for the first values of a pair beside an identity, which already passes the input on. */
const shareBesideIdentity = 0.5;

/**
 * The pairs to start from, in the order of the weights: B and A for each kernel, every other list
 * as it is. Without `initial` they are random by `seed`, as `initialWeights` are. With it, each B
 * is changed as little as possible so that the pair gives exactly the kernel in `initial`: the
 * network begins with the same pictures, and the pairs are as varied as random ones.
 */
export function initialPairs(expansion: Expansion, seed: number, initial?: Weights): Float32Array {
  const { network, channels } = expansion;
  const pairs = new Float32Array(expandedCount(expansion));
  const given = initial ?? initialWeights(network, seed);
  const gains = initialGains(network);
  let number = 0;
  viewsOf(expansion, pairs).forEach((view, i) => {
    const { offset, size } = view.list;
    const values = given.subarray(offset, offset + size);
    if ('plain' in view) {
      view.plain.set(values);
      return;
    }
    const { layer, a, b } = view;
    const gain = gains[i]! * (hasIdentity(layer) ? shareBesideIdentity : 1);
    const [intoPair, outOfPair] = [
      normals(randomAt(seed, 0x62, number)),
      normals(randomAt(seed, 0x61, number)),
    ];
    number++;
    for (let k = 0; k < b.length; k++) b[k] = intoPair() / Math.sqrt(fanIn(layer));
    for (let k = 0; k < a.length; k++) a[k] = (outOfPair() * gain) / Math.sqrt(channels);
    if (initial !== undefined) correct(view, values);
  });
  return pairs;
}

/** A kernel's pair, as views. */
type Pair = { readonly layer: Layer; readonly b: Float32Array; readonly a: Float32Array };

/** The trained values of each list, as views. */
type View = { readonly list: Placed } & (Pair | { readonly plain: Float32Array });

function viewsOf({ network, channels }: Expansion, pairs: Float32Array): View[] {
  let offset = 0;
  const take = (size: number) => pairs.subarray(offset, (offset += size));
  return partsOf(network).map((part): View => {
    const { list, layer } = part;
    const [first, second] = partSizes(part, channels);
    if (layer === null) return { list, plain: take(first!) };
    return { list, layer, b: take(first!), a: take(second!) };
  });
}

/** A B plus the identity, [outputs, fan-in]. */
function kernelOf({ layer, a, b }: Pair): Float64Array {
  const n = fanIn(layer);
  const kernel = hasIdentity(layer)
    ? Float64Array.from(identityOf(layer))
    : new Float64Array(kernelSize(layer));
  const channels = a.length / layer.outputs;
  for (let o = 0; o < layer.outputs; o++) {
    for (let e = 0; e < channels; e++) {
      const factor = a[o * channels + e]!;
      for (let c = 0; c < n; c++) kernel[o * n + c]! += factor * b[e * n + c]!;
    }
  }
  return kernel;
}

/** The weights of the network whose kernels the pairs give. */
export function collapsedWeights(expansion: Expansion, pairs: Float32Array): Weights {
  const weights = new Float32Array(parameterCount(expansion.network));
  for (const view of viewsOf(expansion, pairs)) {
    weights.set('plain' in view ? view.plain : kernelOf(view), view.list.offset);
  }
  return weights;
}

/**
 * Changes B as little as possible so that the pair gives `kernel`: by A's right inverse times the
 * difference.
 */
function correct(pair: Pair, kernel: Float32Array): void {
  const { layer, a, b } = pair;
  const { outputs } = layer;
  const channels = a.length / outputs;
  const n = fanIn(layer);
  const lacks = kernelOf(pair).map((value, k) => kernel[k]! - value);
  const inverse = rightInverse(a, outputs, channels);
  for (let e = 0; e < channels; e++) {
    for (let c = 0; c < n; c++) {
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += inverse[e * outputs + o]! * lacks[o * n + c]!;
      b[e * n + c]! += sum;
    }
  }
}

/** Writes the nodes of an expanded network's update. */
export class ExpansionNodes {
  readonly #graph: GraphBuilder;
  readonly #expansion: Expansion;

  constructor(graph: GraphBuilder, expansion: Expansion) {
    this.#graph = graph;
    this.#expansion = expansion;
  }

  /** The gradient of the pairs, from that of the weights: dB = Aᵀ dW, dA = dW Bᵀ. */
  gradient(weightGradient: string, pairs: string): string {
    const sizes = partsOf(this.#expansion.network).map(({ list }) => list.size);
    const gradients = this.#split(weightGradient, sizes);
    const parts = this.#pairs(pairs).flatMap((part, i) => {
      if ('plain' in part) return [gradients[i]!];
      const { layer, a, b, sizes: own } = part;
      const dW = this.#shaped(gradients[i]!, [layer.outputs, fanIn(layer)]);
      return [
        this.#shaped(this.#product(this.#transposed(a), dW), [own[0]!]),
        this.#shaped(this.#product(dW, this.#transposed(b)), [own[1]!]),
      ];
    });
    return this.#graph.op('Concat', parts, { axis: 0 });
  }

  /** The weights that the pairs give, as the value `output`. */
  collapse(pairs: string, output: string): string {
    const parts = this.#pairs(pairs).map((part) => {
      if ('plain' in part) return part.plain;
      const { layer, a, b } = part;
      let kernel = this.#product(a, b);
      if (hasIdentity(layer)) {
        const dims = [layer.outputs, fanIn(layer)];
        const one = this.#graph.initializer('identity', 'float32', dims, identityOf(layer));
        kernel = this.#graph.op('Add', [kernel, one]);
      }
      return this.#shaped(kernel, [kernelSize(layer)]);
    });
    return this.#graph.op('Concat', parts, { axis: 0 }, output);
  }

  #pairs(list: string) {
    const { network, channels } = this.#expansion;
    const parts = partsOf(network);
    const values = this.#split(
      list,
      parts.flatMap((part) => partSizes(part, channels)),
    )[Symbol.iterator]();
    const take = (): string => values.next().value!;
    return parts.map((part) => {
      const { layer } = part;
      if (layer === null) return { plain: take() };
      return {
        layer,
        sizes: partSizes(part, channels),
        b: this.#shaped(take(), [channels, fanIn(layer)]),
        a: this.#shaped(take(), [layer.outputs, channels]),
      };
    });
  }

  #split(list: string, sizes: readonly number[]): string[] {
    const inputs = [list, this.#graph.ints('sizes', sizes)];
    return this.#graph.ops('Split', inputs, sizes.length, { axis: 0 });
  }

  #shaped(value: string, shape: readonly number[]): string {
    return this.#graph.op('Reshape', [value, this.#graph.ints('shape', shape)]);
  }

  #transposed(matrix: string): string {
    return this.#graph.op('Transpose', [matrix], { perm: [1, 0] });
  }

  #product(a: string, b: string): string {
    return this.#graph.op('MatMul', [a, b]);
  }
}
