import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { networkOf } from '../../src/model/architectures/list.js';
import { convolution } from '../../src/model/blocks/convolution.js';
import { layerWeights, plainLayers } from '../../src/model/language/layers.js';
import { parameterCount, type Network } from '../../src/model/language/network.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';

/** Numbers in -0.5..0.5 that are the same in every run. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/** `networkOf`, and `u4`: a network that works in blocks of four samples each way. */
function testNetwork(arch: string, scale: number): Network {
  if (arch !== 'u4') return networkOf(arch, scale);
  return {
    ...{
      arch,
      scale,
      colour: 'luma',
      before: { unshuffle: 4 },
      after: 'shuffle',
      skip: 'repeated',
    },
    blocks: [convolution(3, 16, 'relu'), convolution(3, (4 * scale) ** 2)],
  };
}

/**
 * The file bytes of a network with random weights, which are small enough that the results stay
 * near a picture's range.
 */
export function randomModel(arch: string, scale: number, seed = 1): Uint8Array {
  const network = testNetwork(arch, scale);
  const weights = new Float32Array(parameterCount(network));
  const next = random(seed);
  const layers = plainLayers(network);
  layers.forEach((layer, i) => {
    const { kernel, bias } = layerWeights(network, weights)[i]!;
    const size = Math.sqrt(layer.inputs * layer.kernel ** 2);
    for (let k = 0; k < kernel.length; k++) kernel[k] = (next() * 3) / size;
    for (let k = 0; k < bias.length; k++) bias[k] = next() * 0.2;
    if (network.skip === 'none' && i === layers.length - 1) bias.fill(0.5);
  });
  return buildInferenceModel(network, weights);
}

/** Writes such a model into `folder` and returns its path. */
export async function writeRandomModel(
  folder: string,
  arch: string,
  scale: number,
  seed = 1,
): Promise<string> {
  const file = path.join(folder, `${arch}-${seed}-x${scale}.onnx`);
  await writeFile(file, randomModel(arch, scale, seed));
  return file;
}
