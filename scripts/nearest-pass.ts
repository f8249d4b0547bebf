import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dense } from '../src/model/blocks/dense.js';
import { alignmentOf, type Network, reachOf } from '../src/model/language/network.js';
import { buildInferenceModel } from '../src/model/networks/network-model.js';
import { resizePlane } from '../src/planes/resize.js';
import type { FirstPass } from '../src/training/pictures/first-pass.js';

/**
 * Enlargement by the nearest sample, 1.5 times, as a first pass: a network of one dense layer from
 * 2x2 samples to 3x3, whose weights are what `resizePlane` makes of a single sample. Its model file
 * is written into `folder`.
 */
export async function nearestPass(folder: string): Promise<FirstPass> {
  const network: Network = {
    ...{ arch: 'nearest', scale: 1.5, colour: 'luma', before: 'nothing', after: 'nothing' },
    ...{ skip: 'none', patches: { size: 2, step: 2 }, blocks: [dense(9)] },
  };
  const weights = new Float32Array(4 * 9 + 9);
  for (let i = 0; i < 4; i++) {
    const data = Uint8Array.from({ length: 4 }, (_, k) => (k === i ? 255 : 0));
    const larger = resizePlane({ data, width: 2, height: 2 }, 3, 3, 8, { kernel: 'nearest' });
    larger.data.forEach((value, k) => (weights[i * 9 + k] = value / 255));
  }
  const grid = { reach: String(reachOf(network)), align: String(alignmentOf(network)) };
  const bytes = buildInferenceModel(network, weights, grid);
  const file = path.join(folder, 'nearest.onnx');
  await writeFile(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: 'nearest@1.5', scale: 1.5, model: { file, sha256 } };
}
