import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { buildInferenceGraph } from '../../../../src/model/load/inference-graph.js';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { loadModel, type LoadedModel } from '../../../../src/model/load/load-model.js';
import { decodeModel } from '../../../../src/model/onnx/model-file.js';
import { quantiseModel } from '../../../../src/model/networks/quantise.js';
import { foldingPays } from '../../../../src/model/graph/fold-shuffle.js';
import type { BitDepth } from '../../../../src/planes/pixel-format.js';
import { random, randomModel } from '../../../support/random-model.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/** A smooth picture with edges, in 0..255. */
function pictureOf(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const wave = 80 * Math.sin(x / 5 + (y * y) / 300);
    return 120 + wave + (((x >> 4) + (y >> 3)) % 2 === 0 ? 40 : -30);
  });
}

async function copyOf(arch: string): Promise<LoadedModel> {
  const folder = temporaryFolder();
  const data = pictureOf(64, 48);
  const bytes = await quantiseModel(randomModel(arch, 2), [{ data, width: 64, height: 48 }]);
  await writeFile(path.join(folder, 'copy.onnx'), bytes);
  return await loadModel(path.join(folder, 'copy.onnx'));
}

async function run(
  model: LoadedModel,
  target: 'any' | 'cpu',
  bitDepth: BitDepth,
  samples: Uint8Array,
  width: number,
) {
  const ort = await onnxRuntime();
  const graph = buildInferenceGraph([model], bitDepth, target);
  const session = await ort.InferenceSession.create(graph.bytes, {
    ...{ intraOpNumThreads: 1, logSeverityLevel: 3 },
  });
  const dims = [1, 1, samples.length / width, width];
  const peak = 2 ** bitDepth - 1;
  const x =
    bitDepth === 8
      ? new ort.Tensor('uint8', samples, dims)
      : new ort.Tensor(
          'uint16',
          Uint16Array.from(samples, (v) => (v * peak) / 255),
          dims,
        );
  const { y } = await session.run({ x });
  await session.release();
  return { graph, data: y!.data as Uint8Array | Uint16Array };
}

function operations(bytes: Uint8Array): string[] {
  return (decodeModel(bytes).graph!.node ?? []).map(({ opType }) => opType);
}

for (const arch of ['espcn-32', 'espcn-48']) {
  test(`an 8-bit copy of ${arch} computes 8-bit pictures in 8 bits from end to end, to the picture of its file`, async (t) => {
    if (!foldingPays()) return t.skip('graphs are not folded on this processor');
    const model = await copyOf(arch);
    for (const [width, height] of [
      [38, 30],
      [130, 66],
    ] as const) {
      const samples = pictureOf(width, height);
      const slow = await run(model, 'any', 8, samples, width);
      const fast = await run(model, 'cpu', 8, samples, width);
      assert.ok(operations(slow.graph.bytes).includes('Conv'));
      // The one that is left spreads the picture; it has no layer's weights.
      assert.equal(operations(fast.graph.bytes).filter((type) => type === 'Conv').length, 1);
      assert.equal(fast.graph.halo, slow.graph.halo);
      assert.equal(fast.data.length, slow.data.length);
      let apart = 0;
      slow.data.forEach((value, i) => {
        const distance = Math.abs(value - fast.data[i]!);
        assert.ok(distance <= 1, `sample ${i}: ${fast.data[i]}, not ${value}`);
        apart += distance;
      });
      // Sums halfway between two codes, within what floats leave of them.
      assert.ok(apart <= 0.005 * slow.data.length, `${apart} of ${slow.data.length}`);
      assert.ok(new Set(slow.data).size > 50, 'the picture says something');
    }
  });

  test(`for 10 bits the ends of ${arch} stay in floating point`, async () => {
    const model = await copyOf(arch);
    const samples = pictureOf(46, 34);
    const slow = await run(model, 'any', 10, samples, 46);
    const fast = await run(model, 'cpu', 10, samples, 46);
    assert.ok(operations(fast.graph.bytes).filter((type) => type === 'Conv').length > 1);
    slow.data.forEach((value, i) => assert.ok(Math.abs(value - fast.data[i]!) <= 1, `sample ${i}`));
    // Steps finer than those of 8 bits.
    assert.ok([...fast.data].some((value) => value % 4 !== 0));
  });
}

test('copies of narrow networks keep the float ends they were trained with', async () => {
  const model = await copyOf('espcn-16');
  const { graph } = await run(model, 'cpu', 8, pictureOf(46, 34), 46);
  assert.ok(operations(graph.bytes).filter((type) => type === 'Conv').length > 1);
});

test('what the layers add is cut off at half of the range, and no sample wraps round', async (t) => {
  if (!foldingPays()) return t.skip('graphs are not folded on this processor');
  const model = await copyOf('espcn-32');
  const next = random(3);
  const samples = Uint8Array.from({ length: 64 * 64 }, () => (next() > 0 ? 255 : 0));
  const slow = await run(model, 'any', 8, samples, 64);
  const fast = await run(model, 'cpu', 8, samples, 64);
  slow.data.forEach((value, i) => {
    const distance = Math.abs(value - fast.data[i]!);
    assert.ok(distance <= 1 || distance < 128, `sample ${i}: ${fast.data[i]}, not ${value}`);
  });
});
