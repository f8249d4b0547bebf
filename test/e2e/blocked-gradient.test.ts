import assert from 'node:assert/strict';
import test from 'node:test';
import { networkOf } from '../../src/model/architectures/list.js';
import { type Network, parameterCount, reachOf } from '../../src/model/language/network.js';
import { blockSize } from '../../src/training/gradient/block-size.js';
import { buildGradientModel } from '../../src/training/gradient/gradient-graph.js';
import { initialWeights } from '../../src/training/optimiser/initial-weights.js';
import { floatTensor, openSession } from '../../src/training/base/session.js';
import { random } from '../support/random-model.js';

test('x64 processors have a blocked layout', { skip: process.arch !== 'x64' }, async () => {
  assert.ok([8, 16].includes(await blockSize()));
});

async function gradientOf(network: Network, block: number) {
  const batch = { patches: 3, patch: 8 };
  const model = buildGradientModel(network, batch, 'mse', block);
  const side = batch.patch + 2 * reachOf(network);
  const x = await floatTensor([batch.patches, 1, side, side]);
  const t = await floatTensor([batch.patches, network.scale ** 2, batch.patch, batch.patch]);
  const weights = await floatTensor([parameterCount(network)]);
  const next = random(5);
  for (const { data } of [x, t]) for (let i = 0; i < data.length; i++) data[i] = next() + 0.5;
  // Biases other than 0, with which training begins.
  initialWeights(network, 1).forEach((value, i) => (weights.data[i] = value + next() / 20));
  const session = await openSession(model);
  const result = await session.run({ x: x.tensor, t: t.tensor, weights: weights.tensor });
  await session.release();
  const blocked = Buffer.from(model).includes('com.microsoft.nchwc');
  return { gradient: result['gradient']!.data as Float32Array, blocked };
}

const networks: Record<string, Network> = {
  espcn: networkOf('espcn', 2),
  'espcn-58k at 3x': networkOf('espcn-58k', 3),
  'espcn-16': networkOf('espcn-16', 2, { depth: 3 }),
  'espcn-u32': networkOf('espcn-u32', 2, { depth: 2 }),
};

for (const [name, network] of Object.entries(networks)) {
  test(`${name}: convolutions in blocks give the gradient of plain ones`, async (t) => {
    const block = await blockSize();
    if (block === 0) return t.skip('this runtime has no blocked layout on this processor');
    const plain = await gradientOf(network, 0);
    const { gradient, blocked } = await gradientOf(network, block);
    assert.deepEqual([plain.blocked, blocked], [false, true]);
    const largest = plain.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    gradient.forEach((value, i) => {
      assert.ok(Math.abs(value - plain.gradient[i]!) < 2e-6 * largest, `value ${i}`);
    });
  });
}
