import { layerWeights, plainLayers } from '../language/layers.js';
import { type Network, partsOfDial, type Weights, withoutDial } from '../language/network.js';

/** The largest factor, so that a channel of values near 0 is not multiplied without bound. */
const LARGEST_FACTOR = 7;

/**
 * The factor by which to multiply each channel of some layers before rounding to 8 bits. `ranges`
 * holds, by layer and channel, the largest value of the channel.
 *
 * The channels of a layer share one step, so that one of small values would get few of the 255
 * codes. Factors that gave all channels the same range would make the next layer's weights as
 * unequal as the values were, and those share a step as well: the square root divides the loss
 * between the two (Nagel et al., Data-Free Quantization Through Weight Equalization,
 * https://arxiv.org/abs/1906.04721). Channels that are always 0 keep 1.
 */
export function equalisingFactors(ranges: readonly (readonly number[])[]): number[][] {
  return ranges.map((channels) => {
    const largest = Math.max(...channels);
    return channels.map((range) =>
      range > 0 ? Math.min(LARGEST_FACTOR, Math.sqrt(largest / range)) : 1,
    );
  });
}

/**
 * Weights that give the same picture with each channel after a layer's relu multiplied by its
 * factor, and the next layer's weights for it divided by the same; for a network with a dial, at
 * every strength. `factors` holds, for some of the first layers but never the last, a positive
 * number per channel.
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
