import {
  layerWeights,
  type Network,
  parameterCount,
  type Weights,
} from '../../model/networks/network.js';
import { normals, randomAt } from '../base/random.js';

/**
 * Random weights to start from: normal with deviation sqrt(2 / fan-in) (He et al.,
 * https://arxiv.org/abs/1502.01852), the last layer a tenth of that where a skip already gives the
 * picture; biases 0.
 */
export function initialWeights(network: Network, seed: number): Weights {
  const weights = new Float32Array(parameterCount(network));
  layerWeights(network, weights).forEach(({ kernel }, i) => {
    const layer = network.layers[i]!;
    const last = i === network.layers.length - 1;
    const gain = last ? (network.skip ? 0.1 : 1) : Math.SQRT2;
    const deviation = gain / Math.sqrt(layer.inputs * layer.kernel ** 2);
    const normal = normals(randomAt(seed, 0x77, i));
    for (let k = 0; k < kernel.length; k++) kernel[k] = normal() * deviation;
  });
  return weights;
}
