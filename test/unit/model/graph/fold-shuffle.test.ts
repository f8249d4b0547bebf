import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import type { Tensor } from 'onnxruntime-node';
import { onnxRuntime } from '../../../../src/model/runtime/onnx-runtime.js';
import { foldedShuffle, foldingPays } from '../../../../src/model/graph/fold-shuffle.js';
import { buildInferenceGraph } from '../../../../src/model/load/inference-graph.js';
import { loadModel } from '../../../../src/model/load/load-model.js';
import { GraphBuilder, type AttributeValue } from '../../../../src/model/onnx/graph-builder.js';
import { decodeModel, encodeModel } from '../../../../src/model/onnx/model-file.js';
import type { OnnxGraph, OnnxModel } from '../../../../src/model/onnx/types.js';
import { integers } from '../../../../src/model/graph/reach.js';
import { withoutBorderPad } from '../../../../src/model/graph/strip-pad.js';
import { packageRoot } from '../../../../src/package-root.js';
import { random, randomModel } from '../../../support/random-model.js';

const ort = await onnxRuntime();

const shipped = (name: string): string => path.join(packageRoot(), 'models', `${name}.onnx`);

/** The model, which runs on windows, and the same folded. */
function bothOf(model: OnnxModel): [OnnxModel, OnnxModel] {
  const graph = model.graph!;
  const folded = foldedShuffle(graph, 'x', 'y');
  assert.ok(folded !== null, 'it was not folded');
  return [model, { ...model, graph: folded }];
}

/** The model without the Pad that leads it. */
function onWindows(model: OnnxModel): OnnxModel {
  return { ...model, graph: withoutBorderPad(model.graph!, 'x') };
}

async function run(model: OnnxModel, height: number, width: number): Promise<Tensor> {
  const session = await ort.InferenceSession.create(encodeModel(model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const next = random(height);
  const data = Float32Array.from({ length: width * height }, () => next() + 0.5);
  const { y } = await session.run({ x: new ort.Tensor('float32', data, [1, 1, height, width]) });
  await session.release();
  return y!;
}

/** Both compute the same products and add them in some order; values are of the size of 1. */
const tolerance = 1e-5;

async function assertSame(model: OnnxModel, height: number, width: number): Promise<void> {
  const [plain, folded] = bothOf(model);
  const [expected, actual] = [await run(plain, height, width), await run(folded, height, width)];
  assert.deepEqual(actual.dims, expected.dims);
  const values = expected.data as Float32Array;
  const most = (actual.data as Float32Array).reduce(
    (sofar, value, i) => Math.max(sofar, Math.abs(value - values[i]!)),
    0,
  );
  assert.ok(most <= tolerance, `${most} apart`);
}

for (const [arch, border] of [
  ['espcn-16', 7],
  ['espcn', 4],
  ['espcn-58k', 5],
] as const) {
  test(`${arch}, folded, makes the same picture`, async () => {
    const model = onWindows(decodeModel(randomModel(arch, 2)));
    for (const [height, width] of [
      [2, 2],
      [24, 38],
      [66, 130],
    ] as const) {
      await assertSame(model, height + 2 * border, width + 2 * border);
    }
  });
}

for (const name of ['espcn-16-x2', 'espcn-16-int8-x2', 'espcn-16-lite-x2', 'espcn-x2']) {
  test(`${name}, folded, makes the same picture`, async () => {
    const { model } = await loadModel(shipped(name));
    await assertSame(onWindows(model), 64, 96);
  });
}

test('each pass is folded, and windows are then of even sizes', async () => {
  const model = await loadModel(shipped('espcn-16-x2'));
  const once = buildInferenceGraph([model], 8);
  const twice = buildInferenceGraph([model, model], 10, 'cpu');
  const steps = (bytes: Uint8Array): number =>
    decodeModel(bytes).graph!.node!.filter(
      (node) => node.opType === 'Conv' && integers(node, 'strides', [1, 1])[0] === 2,
    ).length;
  assert.deepEqual([steps(once.bytes), once.align], [0, 1]);
  // One of the picture and one of the skip for each pass.
  assert.deepEqual([steps(twice.bytes), twice.align], foldingPays() ? [4, 2] : [0, 1]);
});

test('three times as large, and networks of coarser grids, are left alone', async () => {
  for (const [arch, scale] of [
    ['espcn-16', 3],
    ['espcn-u32', 2],
  ] as const) {
    const { graph } = decodeModel(randomModel(arch, scale));
    assert.equal(foldedShuffle(withoutBorderPad(graph!, 'x'), 'x', 'y'), null);
  }
  const model = await loadModel(shipped('espcn-16-x3'));
  const { bytes, align } = buildInferenceGraph([model], 8, 'cpu');
  assert.deepEqual([bytes, align], [buildInferenceGraph([model], 8).bytes, 1]);
});

/** What a graph of one convolution, one addition and one shuffle does otherwise than it must. */
type Change = {
  readonly outputs?: number;
  readonly size?: number;
  readonly conv?: Readonly<Record<string, AttributeValue>>;
  /** What is added to the convolution's output; its crop unless told otherwise. */
  readonly added?: 'input' | 'sum' | 'constant';
  readonly block?: number;
  readonly behind?: boolean;
};

function small(change: Change = {}): OnnxGraph {
  const { outputs = 4, size = 3, conv = {}, block = 2, behind = false } = change;
  const builder = new GraphBuilder('small');
  const x = builder.input('x', 'float32', [1, 1, 'h', 'w']);
  const dims = [outputs, 1, size, size];
  const weights = Array.from({ length: outputs * size * size }, (_, i) => i / 10);
  const sum = builder.op('Conv', [x, builder.initializer('w', 'float32', dims, weights)], conv);
  const crop = builder.op('Slice', [
    x,
    ...[
      [1, 1],
      [-1, -1],
      [2, 3],
    ].map((v) => builder.ints('at', v)),
  ]);
  const terms = { crop, input: x, sum, constant: builder.floats('one', 1) };
  const add = builder.op('Add', [terms[change.added ?? 'crop'], sum]);
  const larger = builder.op('DepthToSpace', [add], { blocksize: block }, behind ? 'larger' : 'y');
  if (behind) builder.op('Relu', [larger], {}, 'y');
  builder.output('y', 'float32', [1, 1, 'H', 'W']);
  return builder.build().graph!;
}

test('only a plain convolution, a crop of the input and the shuffle at the very end are folded', async () => {
  await assertSame({ ...decodeModel(randomModel('espcn', 2)), graph: small() }, 8, 12);
  const others: readonly Change[] = [
    { outputs: 16, block: 4 },
    { outputs: 16 },
    { size: 1 },
    { conv: { pads: [1, 1, 1, 1] } },
    { conv: { auto_pad: 'SAME_UPPER' } },
    { conv: { strides: [2, 2] } },
    { conv: { dilations: [2, 2] } },
    { added: 'input' },
    { added: 'sum' },
    { added: 'constant' },
    { behind: true },
  ];
  for (const change of others) {
    assert.equal(foldedShuffle(small(change), 'x', 'y'), null, JSON.stringify(change));
  }
});
