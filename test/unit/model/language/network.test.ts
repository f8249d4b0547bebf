import assert from 'node:assert/strict';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { networkOf } from '../../../../src/model/architectures/list.js';
import { layerWeights } from '../../../../src/model/language/layers.js';
import { parameterCount, reachOf } from '../../../../src/model/language/network.js';
import { buildInferenceModel } from '../../../../src/model/networks/network-model.js';
import { decodeModel } from '../../../../src/model/onnx/model-file.js';

test('the networks have the sizes the papers and the cards state', () => {
  assert.equal(parameterCount(networkOf('espcn-58k', 2)), 58_212);
  assert.equal(parameterCount(networkOf('espcn-16', 2)), 12_340);
  assert.equal(
    parameterCount(networkOf('espcn', 2)),
    64 * 26 + 32 * (64 * 9 + 1) + 4 * (32 * 9 + 1),
  );
  assert.equal(parameterCount(networkOf('espcn-u32', 2)), 52_048);
  assert.equal(reachOf(networkOf('espcn', 3)), 4);
  assert.equal(reachOf(networkOf('espcn-16', 2)), 7);
  assert.equal(networkOf('espcn-16', 2, { depth: 3 }).blocks.length, 4);
  assert.throws(() => networkOf('no-such', 2), VsrError);
});

test('layers are views of the flat weights, end to end', () => {
  const network = networkOf('espcn', 2);
  const weights = new Float32Array(parameterCount(network));
  const views = layerWeights(network, weights);
  views.at(-1)!.bias.fill(3);
  assert.deepEqual(weights.slice(-4), Float32Array.of(3, 3, 3, 3));
  const sum = views.reduce((n, { kernel, bias }) => n + kernel.length + bias.length, 0);
  assert.equal(sum, weights.length);
});

test('a model file is one leading edge pad and valid convolutions, readable by old runtimes', () => {
  const network = networkOf('espcn-16', 3);
  const bytes = buildInferenceModel(network, new Float32Array(parameterCount(network)), { a: 'b' });
  const { graph, irVersion, opsetImport, metadataProps } = decodeModel(bytes);
  const kinds = graph!.node!.map(({ opType }) => opType);
  assert.equal(kinds[0], 'Pad');
  assert.equal(kinds.filter((kind) => kind === 'Pad').length, 1);
  assert.equal(kinds.at(-1), 'DepthToSpace');
  for (const node of graph!.node!.filter(({ opType }) => opType === 'Conv')) {
    const pads = node.attribute!.find(({ name }) => name === 'pads')!;
    assert.deepEqual(pads.ints, [0, 0, 0, 0]);
  }
  assert.ok(Number(irVersion) <= 9 && Number(opsetImport![0]!.version) <= 17);
  const facts = Object.fromEntries(metadataProps!.map(({ key, value }) => [key, value]));
  assert.deepEqual(facts, { arch: 'espcn-16', scale: '3', input: 'luma', a: 'b' });
});
