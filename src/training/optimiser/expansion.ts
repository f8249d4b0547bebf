import type { GraphBuilder } from '../../model/onnx/graph-builder.js';
import {
  kernelSize,
  type Layer,
  layerWeights,
  type Network,
  parameterCount,
  type Weights,
} from '../../model/networks/network.js';
import { normals, randomAt } from '../base/random.js';
import { initialGain, initialWeights } from './initial-weights.js';
import { rightInverse } from './right-inverse.js';

/*
 * Collapsible training (https://arxiv.org/abs/2103.09404, https://arxiv.org/abs/2006.09679): while
 * it is trained, each convolution is two, one into `channels` channels and one of 1x1 out of them,
 * plus the identity where as many channels come out as go in. With nothing between them the two are
 * one convolution again, so that only the optimiser knows of them: it steps on the pair and puts
 * out the kernel W = A B (+ identity) that all else computes with.
 */

/** How a network is expanded in training. */
export type Expansion = {
  readonly network: Network;
  /** Channels between the two convolutions of a pair; at least what any layer puts out. */
  readonly channels: number;
};

/** Values per output of a layer. */
function fanIn(layer: Layer): number {
  return layer.inputs * layer.kernel ** 2;
}

/** Values of a layer's pair: B [channels, fan-in], A [outputs, channels], the bias [outputs]. */
function partSizes(layer: Layer, channels: number): [number, number, number] {
  return [channels * fanIn(layer), layer.outputs * channels, layer.outputs];
}

/** Trained values of an expanded network. */
export function expandedCount({ network, channels }: Expansion): number {
  const sizes = network.layers.flatMap((layer) => partSizes(layer, channels));
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

/**
 * An identity takes over what passes; the pair beside it begins with half of what it would have
 * alone.
 */
const shareBesideIdentity = 0.5;

/**
 * The pairs to start from, in the order of the layers: per layer B, A, bias. Without `initial` they
 * are random by `seed`, as `initialWeights` are. With it, each B is moved by the least that makes
 * the pair give exactly the kernel in `initial`: the network begins with the same picture, and the
 * pair as rich as a random one.
 */
export function initialPairs(expansion: Expansion, seed: number, initial?: Weights): Float32Array {
  const { network, channels } = expansion;
  const pairs = new Float32Array(expandedCount(expansion));
  const given = layerWeights(network, initial ?? initialWeights(network, seed));
  viewsOf(expansion, pairs).forEach((pair, i) => {
    const { layer, a, b, bias } = pair;
    const gain = initialGain(network, i) * (hasIdentity(layer) ? shareBesideIdentity : 1);
    const [intoPair, outOfPair] = [
      normals(randomAt(seed, 0x62, i)),
      normals(randomAt(seed, 0x61, i)),
    ];
    for (let k = 0; k < b.length; k++) b[k] = intoPair() / Math.sqrt(fanIn(layer));
    for (let k = 0; k < a.length; k++) a[k] = (outOfPair() * gain) / Math.sqrt(channels);
    bias.set(given[i]!.bias);
    if (initial !== undefined) correct(pair, given[i]!.kernel);
  });
  return pairs;
}

/** A layer's pair, as views. */
type Pair = {
  readonly layer: Layer;
  readonly b: Float32Array;
  readonly a: Float32Array;
  readonly bias: Float32Array;
};

function viewsOf({ network, channels }: Expansion, pairs: Float32Array): Pair[] {
  let offset = 0;
  const take = (size: number) => pairs.subarray(offset, (offset += size));
  return network.layers.map((layer) => {
    const [b, a, bias] = partSizes(layer, channels);
    return { layer, b: take(b), a: take(a), bias: take(bias) };
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

/** The weights that pairs give. */
export function collapsedWeights(expansion: Expansion, pairs: Float32Array): Weights {
  const weights = new Float32Array(parameterCount(expansion.network));
  const layers = layerWeights(expansion.network, weights);
  viewsOf(expansion, pairs).forEach((pair, i) => {
    layers[i]!.kernel.set(kernelOf(pair));
    layers[i]!.bias.set(pair.bias);
  });
  return weights;
}

/**
 * Moves B by the least that makes the pair give `kernel`: by A's right inverse times what lacks.
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
    const { network, channels } = this.#expansion;
    const sizes = network.layers.flatMap((layer) => [kernelSize(layer), layer.outputs]);
    const gradients = this.#split(weightGradient, sizes);
    const parts = this.#pairs(pairs).flatMap(({ layer, a, b }, i) => {
      const dW = this.#shaped(gradients[2 * i]!, [layer.outputs, fanIn(layer)]);
      const [bSize, aSize] = partSizes(layer, channels);
      return [
        this.#shaped(this.#product(this.#turned(a), dW), [bSize]),
        this.#shaped(this.#product(dW, this.#turned(b)), [aSize]),
        gradients[2 * i + 1]!,
      ];
    });
    return this.#graph.op('Concat', parts, { axis: 0 });
  }

  /** The weights that the pairs give, as the value `output`. */
  collapse(pairs: string, output: string): string {
    const parts = this.#pairs(pairs).flatMap(({ layer, a, b, bias }) => {
      let kernel = this.#product(a, b);
      if (hasIdentity(layer)) {
        const dims = [layer.outputs, fanIn(layer)];
        const one = this.#graph.initializer('identity', 'float32', dims, identityOf(layer));
        kernel = this.#graph.op('Add', [kernel, one]);
      }
      return [this.#shaped(kernel, [kernelSize(layer)]), bias];
    });
    return this.#graph.op('Concat', parts, { axis: 0 }, output);
  }

  #pairs(list: string): { layer: Layer; a: string; b: string; bias: string }[] {
    const { network, channels } = this.#expansion;
    const { layers } = network;
    const parts = this.#split(
      list,
      layers.flatMap((layer) => partSizes(layer, channels)),
    );
    return layers.map((layer, i) => ({
      layer,
      b: this.#shaped(parts[3 * i]!, [channels, fanIn(layer)]),
      a: this.#shaped(parts[3 * i + 1]!, [layer.outputs, channels]),
      bias: parts[3 * i + 2]!,
    }));
  }

  #split(list: string, sizes: readonly number[]): string[] {
    const inputs = [list, this.#graph.ints('sizes', sizes)];
    return this.#graph.ops('Split', inputs, sizes.length, { axis: 0 });
  }

  #shaped(value: string, shape: readonly number[]): string {
    return this.#graph.op('Reshape', [value, this.#graph.ints('shape', shape)]);
  }

  #turned(matrix: string): string {
    return this.#graph.op('Transpose', [matrix], { perm: [1, 0] });
  }

  #product(a: string, b: string): string {
    return this.#graph.op('MatMul', [a, b]);
  }
}
