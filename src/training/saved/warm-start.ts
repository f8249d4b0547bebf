import { type Layer, layersOf, layerWeights } from '../../model/language/layers.js';
import {
  type Network,
  parameterCount,
  parametersOf,
  slopeName,
  type Weights,
} from '../../model/language/network.js';
import { decodeModel } from '../../model/onnx/model-file.js';
import { valuesOf } from '../../model/onnx/tensor-values.js';
import { VsrError } from '../../errors.js';

/** The name of a trained list of a network without a dial. */
const trainedList = /^(conv|dense)\d+\.(weight|bias|slope)$/;

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
 * other network every list must be there, but for those of the last block. Slopes of a dial are
 * taken where the model has them. Throws VsrError `model` for any other difference.
 */
export function weightsFromModel(
  model: Uint8Array,
  name: string,
  network: Network,
  fresh: Weights,
): Weights {
  const { lists: constants, slopes } = constantsOf(model, name);
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
 * Weights with every list that `constants` has in the wanted size; only the last block may begin as
 * in `fresh`. Throws VsrError `model` for any other difference.
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
  for (const list of lists) {
    const theirs = constants.get(list.name);
    if (theirs?.length === list.size) weights.set(theirs, list.offset);
    else if (!list.name.startsWith(`${last}.`)) {
      throw new VsrError(
        'model',
        `${name} is not a model of ${network.arch}: ${list.name} holds ${theirs?.length ?? 0} values, not ${list.size}. Start from one of the same architecture.`,
      );
    }
  }
  return weights;
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
