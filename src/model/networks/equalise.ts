import { layerWeights, plainLayers } from '../language/layers.js';
import { type Network, partsOfDial, type Weights, withoutDial } from '../language/network.js';

/** The largest factor: a channel that hardly ever speaks is not blown up without end. */
const MOST = 7;

/**
 * The factor of each channel of some layers before rounding, from how far its values reach.
 * Channels of a layer share one step in 8 bits, so that a quiet one would get few of the 255 codes.
 * Full factors would give all of them the same reach, but leave the next layer's weights as unequal
 * as the values were, and these share a step as well: the square root divides it between the two
 * (Nagel et al., Data-Free Quantization Through Weight Equalization,
 * https://arxiv.org/abs/1906.04721). Channels that never speak keep 1.
 */
export function equalisingFactors(reaches: readonly (readonly number[])[]): number[][] {
  return reaches.map((channels) => {
    const loudest = Math.max(...channels);
    return channels.map((reach) => (reach > 0 ? Math.min(MOST, Math.sqrt(loudest / reach)) : 1));
  });
}

/**
 * Weights that give the same picture, with each channel after a layer's relu multiplied by its
 * factor and the next layer's weights for it divided by that, at every strength of a network with a
 * dial. `factors` holds a positive number a channel for each of the first layers, never the last.
 */
export function equalised(
  network: Network,
  weights: Weights,
  factors: readonly (readonly number[])[],
): Weights {
  if (network.strength === true) {
    const { base, slopes } = partsOfDial(weights);
    const plain = withoutDial(network);
    const parts = [base, slopes].map((part) => [...equalised(plain, part, factors)]);
    return Float32Array.from(parts.flat());
  }
  const result = Float32Array.from(weights);
  const layers = plainLayers(network);
  layerWeights(network, result).forEach(({ kernel, bias }, i) => {
    const { inputs, kernel: side } = layers[i]!;
    const square = side * side;
    const into = factors[i - 1];
    const outOf = factors[i];
    for (let at = 0; at < kernel.length; at++) {
      const input = Math.floor(at / square) % inputs;
      const output = Math.floor(at / (square * inputs));
      kernel[at] = (kernel[at]! * (outOf?.[output] ?? 1)) / (into?.[input] ?? 1);
    }
    for (let c = 0; c < bias.length; c++) bias[c] = bias[c]! * (outOf?.[c] ?? 1);
  });
  return result;
}
