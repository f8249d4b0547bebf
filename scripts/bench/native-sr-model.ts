import { layerWeights, plainLayers } from '../../src/model/language/layers.js';
import type { Network, Weights } from '../../src/model/language/network.js';

const activations: Readonly<Record<string, number>> = { relu: 0, tanh: 1, none: 3 };

/**
 * A network without a skip connection as the native model file of ffmpeg's `sr` filter (ffmpeg 4.4
 * to 5.1, little endian): layers, then operands, then their counts. Convolutions pad by repeating
 * the edge.
 *
 * Source: ffmpeg 5.1, libavfilter/dnn/dnn_backend_native*.c.
 */
export function nativeSrModel(network: Network, weights: Weights): Uint8Array {
  const words: (number | Float32Array)[] = [];
  const layers = plainLayers(network);
  layers.forEach(({ kernel, inputs, outputs, activation }, i) => {
    const { kernel: values, bias } = layerWeights(network, weights)[i]!;
    // type, dilation, padding (2 = same, edge clamped), activation, shape, biases follow.
    words.push(1, 1, 2, activations[activation]!, inputs, outputs, kernel, 1);
    words.push(channelsLast(values, outputs, inputs, kernel), bias, i, i + 1);
  });
  words.push(2, network.scale, layers.length, layers.length + 1);
  const operands = layers.length + 2;
  const bytes: Uint8Array[] = [Buffer.from('FFMPEGDNNNATIVE'), int32(1, 0)];
  for (const word of words) {
    bytes.push(
      typeof word === 'number'
        ? int32(word)
        : new Uint8Array(word.buffer, word.byteOffset, word.byteLength),
    );
  }
  for (let i = 0; i < operands; i++) {
    const last = i === operands - 1;
    const name = i === 0 ? 'x' : last ? 'y' : `v${i}`;
    const channels = i === 0 || last ? 1 : layers[i - 1]!.outputs;
    bytes.push(int32(i, name.length), Buffer.from(name));
    bytes.push(int32(i === 0 ? 1 : last ? 2 : 3, 1, 1, -1, -1, channels));
  }
  bytes.push(int32(layers.length + 1, operands));
  return Buffer.concat(bytes);
}

function int32(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

/** [output][input][ky][kx] to [output][ky][kx][input]. */
function channelsLast(
  values: Float32Array,
  outputs: number,
  inputs: number,
  k: number,
): Float32Array {
  const result = new Float32Array(values.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let p = 0; p < k * k; p++) {
        result[(o * k * k + p) * inputs + i] = values[(o * inputs + i) * k * k + p]!;
      }
    }
  }
  return result;
}
