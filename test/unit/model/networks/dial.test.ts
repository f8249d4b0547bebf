import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { networkOf } from '../../../../src/model/architectures/list.js';
import { turnedChain, chainOf } from '../../../../src/model/catalogue/chain.js';
import { foldingPays } from '../../../../src/model/graph/fold-shuffle.js';
import { type Network, parameterCount } from '../../../../src/model/language/network.js';
import { buildInferenceGraph } from '../../../../src/model/load/inference-graph.js';
import { loadModel, turnedTo } from '../../../../src/model/load/load-model.js';
import { hasDial, withDialAt } from '../../../../src/model/networks/dial.js';
import { buildInferenceModel } from '../../../../src/model/networks/network-model.js';
import { quantiseModel } from '../../../../src/model/networks/quantise.js';
import { decodeModel } from '../../../../src/model/onnx/model-file.js';
import { valuesOf } from '../../../../src/model/onnx/tensor-values.js';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { initialWeights } from '../../../../src/training/optimiser/initial-weights.js';
import { random } from '../../../support/random-model.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/** Weights at strength 0, and by how much they grow up to strength 1. */
function weightsOf(network: Network) {
  const base = initialWeights(network, 1);
  const next = random(7);
  const slopes = base.map(() => next() * 0.04);
  const at = (strength: number) => base.map((value, i) => value + strength * slopes[i]!);
  return { at, whole: Float32Array.from([...base, ...slopes]) };
}

const picture = Uint8Array.from({ length: 40 * 32 }, (_, i) => {
  const [x, y] = [i % 40, Math.floor(i / 40)];
  return 120 + 70 * Math.sin(x / 4 + y / 7) + ((x >> 3) % 2) * 30;
});

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = temporaryFolder();
  return await work(folder);
}

/** What the graph that runs on a processor makes of `picture`. */
async function enlarged(model: Awaited<ReturnType<typeof loadModel>>): Promise<Uint8Array> {
  const ort = await onnxRuntime();
  const graph = buildInferenceGraph([model], 8, 'cpu');
  const session = await ort.InferenceSession.create(graph.bytes, { logSeverityLevel: 3 });
  const { y } = await session.run({ x: new ort.Tensor('uint8', picture, [1, 1, 32, 40]) });
  await session.release();
  return y!.data as Uint8Array;
}

test('a model with its dial turned is the model with the weights of that strength', async () => {
  const plain = networkOf('espcn-16', 2);
  const { at, whole } = weightsOf(plain);
  const file = buildInferenceModel({ ...plain, strength: true }, whole);
  await inFolder(async (folder) => {
    await writeFile(path.join(folder, 'dial.onnx'), file);
    const loaded = await loadModel(path.join(folder, 'dial.onnx'));
    assert.equal(loaded.dial?.strength, 0);
    assert.equal(loaded.borderPad, 7, 'it runs on tiles as any network of ours');
    for (const strength of [0, 0.3, 1]) {
      await writeFile(path.join(folder, 'plain.onnx'), buildInferenceModel(plain, at(strength)));
      const expected = await loadModel(path.join(folder, 'plain.onnx'));
      assert.equal(expected.dial, null);
      const turned = await turnedTo(loaded, strength);
      assert.deepEqual(
        (turned.model.graph!.node ?? []).map(({ opType }) => opType),
        (expected.model.graph!.node ?? []).map(({ opType }) => opType),
        'nothing is left to compute for each picture',
      );
      assert.deepEqual(await enlarged(turned), await enlarged(expected), `strength ${strength}`);
    }
    const chain = await turnedChain(chainOf([loaded, loaded]), 0.5);
    assert.deepEqual(
      chain.passes.map(({ dial }) => dial?.strength),
      [0.5, 0],
      'what a pass gives is not compressed',
    );
  });
});

test('an 8-bit copy keeps the dial, and is at each strength the copy of the network there', async () => {
  const plain = networkOf('espcn-32', 2, { depth: 3 });
  const { at, whole } = weightsOf(plain);
  const seen = [{ data: picture, width: 40, height: 32 }];
  const copy = await quantiseModel(buildInferenceModel({ ...plain, strength: true }, whole), seen);
  assert.ok(hasDial(decodeModel(copy, 'copy')));
  await inFolder(async (folder) => {
    await writeFile(path.join(folder, 'copy.onnx'), copy);
    const loaded = await loadModel(path.join(folder, 'copy.onnx'));
    for (const strength of [0, 0.6, 1]) {
      await writeFile(path.join(folder, 'plain.onnx'), buildInferenceModel(plain, at(strength)));
      const float = await enlarged(await loadModel(path.join(folder, 'plain.onnx')));
      const turned = await turnedTo(loaded, strength);
      if (foldingPays()) {
        const { guarded } = buildInferenceGraph([turned], 8, 'cpu');
        assert.deepEqual(guarded, [], 'computed in 8 bits from end to end');
      }
      const found = await enlarged(turned);
      const far = found.filter((value, i) => Math.abs(value - float[i]!) > 3).length;
      assert.ok(far < found.length / 100, `${far} samples differ at strength ${strength}`);
    }
  });
});

test('weights with the dial turned are rounded to codes as those of any copy', async () => {
  const plain = networkOf('espcn-32', 2, { depth: 3 });
  const { at, whole } = weightsOf(plain);
  const activationSteps = [0.01, 0.02, 0.01];
  const dialled = { ...plain, activationSteps, strength: true } as const;
  const codesIn = (model: ReturnType<typeof decodeModel>) =>
    (model.graph!.node ?? [])
      .filter(({ opType }) => opType === 'QLinearConv')
      .map(({ input }) => {
        const named = (i: number) =>
          model.graph!.initializer!.find(({ name }) => name === input![i])!;
        return [3, 8].map((i) => Array.from(valuesOf(named(i)), Number));
      });
  const expected = codesIn(
    decodeModel(buildInferenceModel({ ...plain, activationSteps }, at(0.4)), 'plain'),
  );
  const found = codesIn(
    await withDialAt(decodeModel(buildInferenceModel(dialled, whole), 'a'), 0.4),
  );
  assert.equal(found.length, expected.length);
  found.flat().forEach((list, k) =>
    list.forEach((value, i) => {
      // A value halfway between two codes may fall to either.
      assert.ok(Math.abs(value - expected.flat()[k]![i]!) <= 1, `${k}: ${i}`);
    }),
  );
  assert.equal(parameterCount(dialled), 2 * parameterCount(plain));
});
