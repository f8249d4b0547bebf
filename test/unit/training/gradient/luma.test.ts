import assert from 'node:assert/strict';
import test from 'node:test';
import { Tape, type Value } from '../../../../src/model/autodiff/tape.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { lossOf } from '../../../../src/training/gradient/loss.js';
import { interpret } from '../../model/autodiff/interpreter.js';
import { numbers } from '../../model/autodiff/numbers.js';

const shape = [1, 3, 1, 2];

/** The loss of luma of two pixels `actual` against two of `wanted`, each red, red, green, ... */
function loss(actual: readonly number[], wanted: readonly number[]): number {
  const graph = new GraphBuilder('luma');
  const value = (name: string): Value => ({ name: graph.input(name, 'float32', shape), shape });
  const rgb = (each: Value) => each;
  const { name } = lossOf(new Tape(graph), 'luma', value('a'), value('b'), { rgb });
  const inputs = { a: numbers(shape, actual), b: numbers(shape, wanted) };
  return interpret(graph.build().graph!, inputs).get(name)!.data[0]!;
}

test('the loss of luma is by BT.601, and knows no colours', () => {
  const grey = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
  // Charbonnier's loss of no difference is its epsilon.
  assert.ok(Math.abs(loss(grey, grey) - 1e-3) < 1e-9);
  const brighter = [0.7, 0.5, 0.6, 0.5, 0.5, 0.9];
  const apart = [0.299 * 0.2 + 0.587 * 0.1, 0.114 * 0.4];
  const wanted = apart.reduce((sum, each) => sum + Math.sqrt(each ** 2 + 1e-6), 0) / 2;
  assert.ok(Math.abs(loss(brighter, grey) - wanted) < 1e-9);
  // More red and so much less green that the luma stays.
  const redder = [0.6, 0.5, 0.5 - (0.1 * 0.299) / 0.587, 0.5, 0.5, 0.5];
  assert.ok(Math.abs(loss(redder, grey) - 1e-3) < 1e-9);
});
