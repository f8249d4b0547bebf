import assert from 'node:assert/strict';
import test from 'node:test';
import { mean, multiply } from '../../../../src/model/autodiff/pointwise.js';
import { Tape } from '../../../../src/model/autodiff/tape.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../../../src/model/onnx/model-file.js';
import { floatTensor, intTensor, openSession } from '../../../../src/training/base/session.js';
import { mostShifted, shifting, sideSeen } from '../../../../src/training/gradient/shifted.js';

test('critics see each part of a picture at its place, and the gradient returns to that place', async () => {
  const graph = new GraphBuilder('shifted');
  const tape = new Tape(graph);
  const shape = [1, 2, 6, 7];
  const x = tape.want({ name: graph.input('x', 'float32', shape), shape });
  const seen = shifting(tape, 3)(x);
  assert.deepEqual(seen.shape, [1, 2, 3, 4]);
  graph.op('Identity', [seen.name], {}, 'part');
  graph.output('part', 'float32', seen.shape);
  tape.backward(mean(tape, multiply(tape, seen, seen)));
  graph.op('Identity', [tape.gradient(x).name], {}, 'gradient');
  graph.output('gradient', 'float32', shape);
  const session = await openSession(encodeModel(graph.build()));
  const picture = await floatTensor(shape);
  picture.data.forEach((_, i) => (picture.data[i] = i + 1));
  const shift = await intTensor([2]);
  for (const [down, across] of [
    [0, 0],
    [1, 3],
    [3, 2],
  ] as const) {
    shift.data.set([BigInt(down), BigInt(across)]);
    const out = await session.run({ x: picture.tensor, shift: shift.tensor });
    const expected: number[] = [];
    const slopes = new Array<number>(84).fill(0);
    for (let c = 0; c < 2; c++) {
      for (let y = down; y < down + 3; y++) {
        for (let column = across; column < across + 4; column++) {
          const at = (c * 6 + y) * 7 + column;
          expected.push(at + 1);
          slopes[at] = (2 * (at + 1)) / 24;
        }
      }
    }
    assert.deepEqual([...(out['part']!.data as Float32Array)], expected);
    (out['gradient']!.data as Float32Array).forEach((slope, at) => {
      assert.ok(Math.abs(slope - slopes[at]!) < 1e-5, `${at}: ${slope}, not ${slopes[at]}`);
    });
  }
  await session.release();
});

test('a picture can be shifted by all places of an enlarged sample', () => {
  assert.deepEqual(
    [1, 1.5, 2, 4].map((scale) => mostShifted({ scale })),
    [0, 1, 1, 3],
  );
  assert.equal(sideSeen({ scale: 4 }, 24), 93);
});
