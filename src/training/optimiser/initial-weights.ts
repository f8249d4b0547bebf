import {
  layerWeights,
  type Network,
  parameterCount,
  type Weights,
} from '../../model/networks/network.js';
import { normals, randomAt } from '../base/random.js';

/**
 * How much larger layer `i` makes what comes at the start: relu's halves are made up for, and the
 * last layer adds little where a skip already gives the picture.
 */
export function initialGain(network: Network, i: number): number {
  if (i < network.layers.length - 1) return Math.SQRT2;
  return network.skip ? 0.1 : 1;
}

/**
 * Random weights to start from: normal with deviation sqrt(2 / fan-in) (He et al.,
 * https://arxiv.org/abs/1502.01852), the last layer a tenth of that where a skip already gives the
 * picture; biases 0.
 */
export function initialWeights(network: Network, seed: number): Weights {
  const weights = new Float32Array(parameterCount(network));
  layerWeights(network, weights).forEach(({ kernel }, i) => {
    const layer = network.layers[i]!;
    const deviation = initialGain(network, i) / Math.sqrt(layer.inputs * layer.kernel ** 2);
    const normal = normals(randomAt(seed, 0x77, i));
    for (let k = 0; k < kernel.length; k++) kernel[k] = normal() * deviation;
  });
  return weights;
}
