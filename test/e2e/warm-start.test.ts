import assert from 'node:assert/strict';
import test from 'node:test';
import { onnxRuntime } from '../../src/model/runtime/onnx-runtime.js';
import { networkOf } from '../../src/model/architectures/list.js';
import { type Network, parameterCount, type Weights } from '../../src/model/language/network.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';
import { initialWeights } from '../../src/training/optimiser/initial-weights.js';
import { weightsFromModel } from '../../src/training/saved/warm-start.js';
import { randomModel } from '../support/random-model.js';

const ort = await onnxRuntime();

async function enlarged(model: Uint8Array, channels = 1): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const values = Float32Array.from(
    { length: channels * 24 * 20 },
    (_, i) => (Math.sin(i * i) + 1) / 2,
  );
  const { y } = await session.run({ x: new ort.Tensor('float32', values, [1, channels, 20, 24]) });
  return y!.data as Float32Array;
}

function startOf(network: Network, model: Uint8Array): Weights {
  return weightsFromModel(model, 'start.onnx', network, initialWeights(network, 1));
}

for (const [from, to] of [
  [networkOf('espcn', 2), networkOf('espcn-58k', 2)],
  [networkOf('espcn-16', 2), networkOf('espcn-16', 2, { depth: 9 })],
] as const) {
  test(`${to.arch} of ${to.blocks.length} layers begins with what ${from.arch} of ${from.blocks.length} gives`, async () => {
    const model = randomModel(from.arch, 2);
    const weights = startOf(to, model);
    assert.equal(weights.length, parameterCount(to));
    const [shallow, deep] = [
      await enlarged(model),
      await enlarged(buildInferenceModel(to, weights)),
    ];
    const furthest = Math.max(...shallow.map((value, i) => Math.abs(value - deep[i]!)));
    assert.ok(furthest < 1e-5, `${furthest} apart`);
    assert.ok(Math.max(...shallow) - Math.min(...shallow) > 0.1, 'the picture is not flat');
  });
}

test('residual blocks that a model lacks begin by adding nothing', async () => {
  const [two, five] = [2, 5].map((depth) => networkOf('resnet', 4, { depth, width: 6 }));
  const model = buildInferenceModel(two!, initialWeights(two!, 2));
  const weights = startOf(five!, model);
  assert.equal(weights.length, parameterCount(five!));
  const [shallow, deep] = [
    await enlarged(model, 3),
    await enlarged(buildInferenceModel(five!, weights), 3),
  ];
  assert.deepEqual(deep, shallow);
  // They can learn: what their first layers give is not 0.
  const fresh = initialWeights(five!, 1);
  const same = weights.filter((value, i) => value !== 0 && value === fresh[i]).length;
  assert.equal(same, 3 * 6 * 6 * 9);
  assert.throws(() => startOf(two!, buildInferenceModel(five!, fresh)), {
    code: 'model',
    message: /^Expected a model of at most 8 layers to start from but start\.onnx has 14\. /,
  });
});

test('channels that a model lacks begin without a part in what is known', async () => {
  const narrow = networkOf('resnet', 4, { depth: 2, width: 6 });
  const wide = networkOf('resnet', 4, { depth: 3, width: 10 });
  const model = buildInferenceModel(narrow, initialWeights(narrow, 2));
  const weights = startOf(wide, model);
  const [before, after] = [
    await enlarged(model, 3),
    await enlarged(buildInferenceModel(wide, weights), 3),
  ];
  const furthest = Math.max(...before.map((value, i) => Math.abs(value - after[i]!)));
  assert.ok(furthest < 1e-5, `${furthest} apart`);
  // Four channels of the first layer, of each of three blocks' first, and so on, can learn.
  const fresh = initialWeights(wide, 1);
  const same = weights.filter((value, i) => value !== 0 && value === fresh[i]).length;
  assert.ok(same > 4 * 3 * 9 + 3 * 4 * 10 * 9, String(same));
  assert.throws(() => startOf(narrow, buildInferenceModel(wide, fresh)), { code: 'model' });
});

test('only the last layer may differ in size between scales', () => {
  const network = networkOf('espcn-16', 3);
  const model = randomModel('espcn-16', 2);
  const weights = startOf(network, model);
  const whole = startOf(networkOf('espcn-16', 2), model);
  const shared = parameterCount(networkOf('espcn-16', 2)) - (16 * 4 * 9 + 4);
  assert.deepEqual(weights.subarray(0, shared), whole.subarray(0, shared));
  const rest = initialWeights(network, 1).subarray(shared);
  assert.deepEqual(weights.subarray(shared), rest);
});

test('a model of another shape is refused by name', () => {
  assert.throws(() => startOf(networkOf('espcn-16', 2), randomModel('espcn', 2)), {
    code: 'model',
    message: /^start\.onnx is not a model of espcn-16: layer 0 holds 1600 values, not 144/,
  });
  assert.throws(() => startOf(networkOf('espcn', 2), randomModel('espcn-58k', 2)), {
    code: 'model',
  });
});
