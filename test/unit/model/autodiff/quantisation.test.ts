import assert from 'node:assert/strict';
import test from 'node:test';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../../../src/model/onnx/model-file.js';
import {
  roundedToCodes,
  roundedToWeightSteps,
} from '../../../../src/model/autodiff/quantisation.js';
import { mean, multiply } from '../../../../src/model/autodiff/pointwise.js';
import { Tape, type Value } from '../../../../src/model/autodiff/tape.js';
import { floatTensor, openSession } from '../../../../src/training/base/session.js';

/** What `build` makes of `values`, and the gradient of its sum weighted by 1, 2, 3, ... */
async function run(
  shape: readonly number[],
  values: readonly number[],
  build: (tape: Tape, x: Value) => Value,
): Promise<{ y: number[]; gradient: number[] }> {
  const graph = new GraphBuilder('g');
  const tape = new Tape(graph);
  const x = tape.want({ name: graph.input('x', 'float32', shape), shape });
  const y = build(tape, x);
  const factors = Float32Array.from(values, (_, i) => (i + 1) * values.length);
  const factor = graph.initializer('factors', 'float32', shape, factors);
  tape.backward(mean(tape, multiply(tape, y, { name: factor, shape })));
  graph.op('Identity', [y.name], {}, 'y');
  graph.op('Identity', [tape.gradient(x).name], {}, 'gradient');
  graph.output('y', 'float32', shape);
  graph.output('gradient', 'float32', shape);
  const session = await openSession(encodeModel(graph.build()));
  const feed = await floatTensor(shape);
  feed.data.set(values);
  const result = await session.run({ x: feed.tensor });
  await session.release();
  const list = (name: string) => Array.from(result[name]!.data as Float32Array);
  return { y: list('y'), gradient: list('gradient') };
}

test('values are rounded to codes and cut off; gradients pass but for what is cut off', async () => {
  const values = [0, 0.1, 0.13, 0.37, 63.75, 63.86, 63.9, 100];
  const { y, gradient } = await run([8], values, (tape, x) => roundedToCodes(tape, x, 0.25));
  assert.deepEqual(y, [0, 0, 0.25, 0.25, 63.75, 63.75, 63.75, 63.75]);
  assert.deepEqual(gradient, [1, 2, 3, 4, 5, 6, 0, 0]);
});

test('values around a middle code are rounded and cut off on both sides', async () => {
  const values = [-40, -32.2, -32.1, -31.9, -0.13, 0.12, 31.7, 31.86, 31.9, 50];
  const { y, gradient } = await run([10], values, (tape, x) => roundedToCodes(tape, x, 0.25, 128));
  assert.deepEqual(
    y.map((value) => value + 0),
    [-32, -32, -32, -32, -0.25, 0, 31.75, 31.75, 31.75, 31.75],
  );
  assert.deepEqual(gradient, [0, 0, 3, 4, 5, 6, 7, 8, 0, 0]);
});

test('weights are rounded to 63 steps of their own channel, and gradients pass', async () => {
  // Two channels: of steps 1/63 and 2; a third of zeros.
  const values = [1, -0.51, 0.01, 0.007, 126, 3.1, -0.9, 60.9, 0, 0, 0, 0];
  const { y, gradient } = await run([3, 1, 2, 2], values, (tape, x) =>
    roundedToWeightSteps(tape, x),
  );
  const expected = [1, -32 / 63, 1 / 63, 0, 126, 4, 0, 60, 0, 0, 0, 0];
  y.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${i}: ${value}`));
  assert.deepEqual(
    gradient.map(Math.round),
    values.map((_, i) => i + 1),
  );
});
