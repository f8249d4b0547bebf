import {
  type Network,
  parameterCount,
  parametersOf,
  type Weights,
} from '../../model/language/network.js';
import { normals, randomAt } from '../base/random.js';

/**
 * How much larger each random list of `parametersOf` makes what comes at the start; 0 for lists
 * that are not random. Relu's halves are made up for, and a list whose result is added to something
 * that is nearly right already, the last one of a network with a skip or of a residual, adds
 * little.
 */
export function initialGains(network: Network): number[] {
  const lists = parametersOf(network);
  const last = lists.findLastIndex(({ fans }) => fans !== undefined);
  return lists.map(({ fans, small = false }, i) => {
    if (fans === undefined) return 0;
    if (small || (i === last && network.skip !== 'none')) return 0.1;
    return i === last ? 1 : Math.SQRT2;
  });
}

/**
 * Random weights to start from: normal with deviation `initialGains` / sqrt(fan-in) (He et al.,
 * https://arxiv.org/abs/1502.01852); biases 0.
 */
export function initialWeights(network: Network, seed: number): Weights {
  const weights = new Float32Array(parameterCount(network));
  const gains = initialGains(network);
  let number = 0;
  parametersOf(network).forEach(({ fans, fill = 0, offset, size }, i) => {
    const values = weights.subarray(offset, offset + size);
    if (fans === undefined) {
      values.fill(fill);
      return;
    }
    const deviation = gains[i]! / Math.sqrt(fans.in);
    const normal = normals(randomAt(seed, 0x77, number++));
    for (let k = 0; k < size; k++) values[k] = normal() * deviation;
  });
  return weights;
}
