import type { Block } from '../../model/blocks/kinds.js';
import { type Layer, layersOf, layerWeights } from '../../model/language/layers.js';
import {
  type Network,
  parameterCount,
  parametersOf,
  type Placed,
  slopeName,
  type Weights,
} from '../../model/language/network.js';
import { decodeModel } from '../../model/onnx/model-file.js';
import { valuesOf } from '../../model/onnx/tensor-values.js';
import { VsrError } from '../../errors.js';

/** The name of a trained list of a network without a dial. */
const trainedList = /^(conv|dense)\d+\.(weight|bias|slope)$/;

/** Number of layers among the names of their lists. */
function kernelsIn(names: readonly string[]): number {
  return names.filter((name) => /^(conv|dense)\d+\.weight$/.test(name)).length;
}

function listNames(network: Network): string[] {
  return parametersOf(network).map(({ name }) => name);
}

/**
 * The trained lists, `conv0.weight`, `conv0.bias`, ..., of a model file that this program wrote,
 * and apart from them the slopes of a network with a dial.
 */
function constantsOf(model: Uint8Array, name: string) {
  const tensors = decodeModel(model, name).graph?.initializer ?? [];
  const listed = (isMeant: (name: string) => boolean): Map<string, Float32Array> =>
    new Map(
      tensors
        .filter((tensor) => isMeant(tensor.name ?? ''))
        .map((tensor) => [tensor.name!, valuesOf(tensor) as Float32Array]),
    );
  const slopes = new Set(tensors.map((tensor) => slopeName(tensor.name ?? '')));
  return {
    lists: listed((each) => trainedList.test(each)),
    slopes: listed((each) => slopes.has(each)),
  };
}

/**
 * Weights to start from, taken from a trained model. Of a network that is convolutions from end to
 * end, layer by layer: a layer that the model lacks begins as one that changes nothing, if it keeps
 * the number of channels and stands between two relu's (Net2Net's deeper networks,
 * https://arxiv.org/abs/1511.05641): the network then begins with what the model gives. Where the
 * last layer differs in size, which is so between scales, it keeps its values from `fresh`. Of any
 * other network every list must be there, but for those of the last block, and of residual blocks
 * that are more than the model has: they begin by adding nothing. Its layers may have more channels
 * than the model's: what those hold is at first passed on to each other only. Slopes of a dial are
 * taken where the model has them. Throws VsrError `model` for any other difference.
 */
export function weightsFromModel(
  model: Uint8Array,
  name: string,
  network: Network,
  fresh: Weights,
): Weights {
  const { lists: constants, slopes } = constantsOf(model, name);
  const [theirKernels, ourKernels] = [[...constants.keys()], listNames(network)].map(kernelsIn);
  if (theirKernels! > ourKernels!) {
    throw new VsrError(
      'model',
      `Expected a model of at most ${ourKernels} layers to start from but ${name} has ${theirKernels}. Train a network of as many with --depth, or start from a smaller one.`,
    );
  }
  const layers = layersOf(network);
  if (layers === null) return listsFromModel(constants, name, network, fresh);
  const theirs = constants.size / 2;
  const weights = new Float32Array(parameterCount(network));
  weights.set(fresh);
  let taken = 0;
  layerWeights(network, weights).forEach(({ kernel, bias }, i) => {
    const theirKernel = constants.get(`conv${taken}.weight`);
    const theirBias = constants.get(`conv${taken}.bias`);
    if (theirKernel?.length === kernel.length && theirBias?.length === bias.length) {
      kernel.set(theirKernel);
      bias.set(theirBias);
      taken++;
    } else if (layers.length - i > theirs - taken && passesOn(layers, i)) {
      makeIdentity(kernel, bias, layers[i]!);
    } else if (i === layers.length - 1 && theirKernel !== undefined) {
      taken++;
    } else {
      throw new VsrError(
        'model',
        `${name} is not a model of ${network.arch}: layer ${i} holds ${theirKernel?.length ?? 0} values, not ${kernel.length}. Start from one of the same architecture.`,
      );
    }
  });
  for (const list of parametersOf(network)) {
    const theirs = slopes.get(list.name);
    if (theirs?.length === list.size) weights.set(theirs, list.offset);
  }
  return weights;
}

/**
 * Weights with every list that `constants` has in the wanted size; only the last block and added
 * residual blocks may begin as in `fresh`, the latter with zeros for what they add. Throws VsrError
 * `model` for any other difference.
 */
function listsFromModel(
  constants: ReadonlyMap<string, Float32Array>,
  name: string,
  network: Network,
  fresh: Weights,
): Weights {
  const weights = Float32Array.from(fresh);
  const lists = parametersOf(network);
  const last = lists.at(-1)!.name.split('.')[0]!;
  const added = addedLayers(network.blocks, lists, constants);
  for (const list of lists) {
    const [, kind, layer, part] = layerOf.exec(list.name)!;
    if (kind === 'conv' && Number(layer) >= added.from && Number(layer) < added.to) {
      if (list.small === true) weights.fill(0, list.offset, list.offset + list.size);
      continue;
    }
    const shift = kind === 'conv' && Number(layer) >= added.to ? added.to - added.from : 0;
    const named = `${kind}${Number(layer) - shift}`;
    const theirs = constants.get(`${named}.${part}`);
    const outputs = kind === 'conv' ? constants.get(`${named}.bias`)?.length : undefined;
    if (theirs?.length === list.size) weights.set(theirs, list.offset);
    else if (!widen(weights, list, theirs, outputs) && !list.name.startsWith(`${last}.`)) {
      throw new VsrError(
        'model',
        `${name} is not a model of ${network.arch}: ${list.name} holds ${theirs?.length ?? 0} values, not ${list.size}. Start from one of the same architecture.`,
      );
    }
  }
  return weights;
}

/** The parts of a list's name: kind of layer, its number, and what the list is of it. */
const layerOf = /^([a-z]+)(\d+)\.(.+)$/;

/** Number of convolutions in a block. */
function convolutionsIn(block: Block): number {
  if (block.kind === 'residual') {
    return block.blocks.reduce((sum, each) => sum + convolutionsIn(each), 0);
  }
  return block.kind === 'dense' ? 0 : 1;
}

/**
 * The convolutions, from number `from` to before `to`, of the last residual blocks, as many as a
 * model has fewer; none where the difference is no whole number of such blocks.
 */
function addedLayers(
  blocks: readonly Block[],
  lists: readonly Placed[],
  constants: ReadonlyMap<string, Float32Array>,
): { readonly from: number; readonly to: number } {
  const missing = kernelsIn(lists.map(({ name }) => name)) - kernelsIn([...constants.keys()]);
  const last = blocks.findLastIndex(({ kind }) => kind === 'residual');
  const to = blocks.slice(0, last + 1).reduce((sum, block) => sum + convolutionsIn(block), 0);
  let from = to;
  for (let i = last; to - from < missing && blocks[i]?.kind === 'residual'; i--) {
    from -= convolutionsIn(blocks[i]!);
  }
  return to - from === missing ? { from, to } : { from: to, to };
}

/**
 * Puts a list of fewer channels into the wider one of a convolution in `weights`: outputs that the
 * model has too ignore the new inputs, and new outputs keep their values. `outputs` is the model's
 * number. Returns whether it fits.
 */
function widen(
  weights: Weights,
  { shape, offset, size }: Placed,
  theirs: Float32Array | undefined,
  outputs: number | undefined,
): boolean {
  const [ours, inputs = 1, ...kernel] = shape;
  const area = kernel.reduce((product, side) => product * side, 1);
  if (theirs === undefined || outputs === undefined || outputs > ours!) return false;
  const theirInputs = theirs.length / (outputs * area);
  if (!Number.isInteger(theirInputs) || theirInputs > inputs) return false;
  const row = size / ours!;
  for (let output = 0; output < outputs; output++) {
    const from = output * theirInputs * area;
    const at = offset + output * row;
    weights.fill(0, at, at + row);
    weights.set(theirs.subarray(from, from + theirInputs * area), at);
  }
  return true;
}

/**
 * Whether layer `i` could pass its input on unchanged: it has as many outputs as inputs, and none
 * of the inputs is negative.
 */
function passesOn(layers: readonly Layer[], i: number): boolean {
  const layer = layers[i]!;
  const positive = layer.activation === 'relu' && layers[i - 1]?.activation === 'relu';
  return positive && layer.inputs === layer.outputs;
}

function makeIdentity(kernel: Float32Array, bias: Float32Array, layer: Layer): void {
  kernel.fill(0);
  bias.fill(0);
  const area = layer.kernel ** 2;
  for (let c = 0; c < layer.outputs; c++) {
    kernel[(c * layer.inputs + c) * area + (area >> 1)] = 1;
  }
}
