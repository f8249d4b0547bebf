import assert from 'node:assert/strict';
import test from 'node:test';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { canHalve, halfPrecision } from '../../../../src/model/graph/half-precision.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { halfBits } from '../../../../src/model/onnx/half-float.js';
import { decodeModel, encodeModel } from '../../../../src/model/onnx/model-file.js';
import type { OnnxModel } from '../../../../src/model/onnx/types.js';
import { random, randomModel } from '../../../support/random-model.js';

const ort = await onnxRuntime();

test('numbers become the nearest of 16 bits, ties to even', () => {
  const cases: readonly [number, number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Infinity, 0x7c00],
    [1 / 3, 0x3555],
    [1 + 2 ** -11, 0x3c00], // halfway: the even one below
    [1 + 3 * 2 ** -11, 0x3c02], // halfway: the even one above
    [2 - 2 ** -12, 0x4000], // carries into the exponent
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.01, 0x0001],
    [2 ** -14 - 2 ** -26, 0x0400], // the smallest numbers carry, too
  ];
  for (const [value, bits] of cases) assert.equal(halfBits(value), bits, String(value));
  assert.equal(halfBits(NaN) & 0x7e00, 0x7e00);
});

async function run(model: OnnxModel, dims: readonly number[]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(encodeModel(model), { logSeverityLevel: 3 });
  const next = random(5);
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => next() + 0.5);
  const name = session.inputNames[0]!;
  const results = await session.run({ [name]: new ort.Tensor('float32', data, dims) });
  await session.release();
  return results[session.outputNames[0]!]!.data as Float32Array;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

for (const arch of ['espcn', 'espcn-58k', 'espcn-16']) {
  test(`${arch} in half precision gives single precision's picture to half an 8-bit step`, async () => {
    const model = decodeModel(randomModel(arch, 2));
    const half = { ...model, graph: halfPrecision(model.graph!) };
    const dims = [1, 1, 24, 32];
    const difference = largestDifference(await run(half, dims), await run(model, dims));
    assert.ok(difference > 0, 'nothing was computed in half precision');
    assert.ok(difference < 0.5 / 255, `largest difference ${difference}`);
    const weights = half.graph.initializer!.filter(({ name }) => name?.includes('conv'));
    assert.ok(weights.length > 0 && weights.every(({ dataType }) => dataType === 10));
  });
}

test('what is added exactly stays single, and only convolutions and what follows them are cast', () => {
  const { graph } = decodeModel(randomModel('espcn-16', 2));
  const nodes = halfPrecision(graph!).node!;
  const add = nodes.find(({ opType }) => opType === 'Add')!;
  assert.ok(add.input!.every((name) => !name.endsWith('/half')));
  // One on the way in, one on the way out.
  assert.equal(nodes.filter(({ opType }) => opType === 'Cast').length, 2);
  assert.equal(graph!.node!.filter(({ opType }) => opType === 'Cast').length, 0);
});

test('a value that both kinds use is there in both; constants beyond the range keep their node single', async () => {
  const builder = new GraphBuilder('both');
  const x = builder.input('x', 'float32', [1, 1, 'h', 'w']);
  const conv = (value: string, weight: number): string =>
    builder.op('Conv', [value, builder.initializer('w', 'float32', [1, 1, 1, 1], [weight])]);
  const first = conv(x, 0.3);
  const huge = builder.op('Mul', [first, builder.floats('huge', 1e6)]);
  const small = builder.op('Mul', [huge, builder.floats('tiny', 1e-6)]);
  const prelu = builder.op('PRelu', [
    first,
    builder.initializer('slope', 'float32', [1, 1, 1], [0.1]),
  ]);
  builder.op('Add', [conv(prelu, 0.7), small], {}, 'y');
  builder.output('y', 'float32', [1, 1, 'h', 'w']);
  const model = builder.build({ opset: 13 });
  const half = { ...model, graph: halfPrecision(model.graph!) };
  const dims = [1, 1, 5, 7];
  assert.ok(largestDifference(await run(half, dims), await run(model, dims)) < 1e-3);
});

test('graphs with inner graphs, or with half precision of their own, are left alone', () => {
  const { graph } = decodeModel(randomModel('espcn', 2));
  assert.ok(canHalve(graph!));
  const inner = { name: 'then_branch', g: { node: [] } };
  const withIf = { opType: 'If', input: [], output: [], attribute: [inner] };
  assert.ok(!canHalve({ ...graph!, node: [...graph!.node!, withIf] }));
  assert.ok(!canHalve(halfPrecision(graph!)));
});
