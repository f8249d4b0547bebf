import { layerWeights, type Network, parameterCount, type Weights } from '../model/network.js';
import { decodeModel } from '../model/onnx/model-file.js';
import { valuesOf } from '../model/onnx/tensor-values.js';
import { VsrError } from '../errors.js';

/** The constants `conv0.weight`, `conv0.bias`, ... of a model file that this program wrote. */
function constantsOf(model: Uint8Array, name: string): Map<string, Float32Array> {
  const tensors = decodeModel(model, name).graph?.initializer ?? [];
  return new Map(
    tensors
      .filter((tensor) => /^conv\d+\.(weight|bias)$/.test(tensor.name ?? ''))
      .map((tensor) => [tensor.name!, valuesOf(tensor) as Float32Array]),
  );
}

/**
 * Weights to start from, taken from a trained model of the same network. Where only the last layer
 * differs in size, which is so between scales, that layer keeps its values from `fresh`.
 */
export function weightsFromModel(
  model: Uint8Array,
  name: string,
  network: Network,
  fresh: Weights,
): Weights {
  const constants = constantsOf(model, name);
  const weights = new Float32Array(parameterCount(network));
  weights.set(fresh);
  layerWeights(network, weights).forEach(({ kernel, bias }, i) => {
    const kept = [constants.get(`conv${i}.weight`), constants.get(`conv${i}.bias`)] as const;
    const fits = kept[0]?.length === kernel.length && kept[1]?.length === bias.length;
    const last = i === network.layers.length - 1;
    if (!fits && !(last && kept[0] !== undefined)) {
      throw new VsrError(
        'model',
        `${name} is not a model of ${network.arch}: layer ${i} holds ${kept[0]?.length ?? 0} values, not ${kernel.length}. Start from one of the same architecture.`,
      );
    }
    if (!fits) return;
    kernel.set(kept[0]);
    bias.set(kept[1]);
  });
  return weights;
}
