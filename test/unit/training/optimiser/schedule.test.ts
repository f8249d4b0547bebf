import assert from 'node:assert/strict';
import test from 'node:test';
import { normals, randomAt, shuffled } from '../../../../src/training/base/random.js';
import { learningRate, schedules } from '../../../../src/training/optimiser/schedule.js';
import { patchesAtOnce } from '../../../../src/training/plan/plan.js';

test('no schedule exceeds its highest rate or falls to nothing before the end', () => {
  for (const schedule of schedules) {
    const rates = Array.from({ length: 200 }, (_, step) => learningRate(schedule, 0.01, step, 200));
    assert.ok(Math.max(...rates) <= 0.01 + 1e-12, schedule);
    assert.ok(Math.min(...rates) > 0, schedule);
  }
});

test('one-cycle rises over a tenth and ends near nothing', () => {
  assert.ok(Math.abs(learningRate('one-cycle', 1, 0, 101) - 1 / 25) < 1e-9);
  assert.ok(Math.abs(learningRate('one-cycle', 1, 10, 101) - 1) < 1e-9);
  assert.ok(Math.abs(learningRate('one-cycle', 1, 100, 101) - 1e-4) < 1e-9);
  assert.equal(learningRate('step', 8, 100, 101), 0.5);
  assert.ok(Math.abs(learningRate('exponential', 1, 50, 101) - 0.1) < 1e-9);
});

test('random streams are told apart by their place, and even', () => {
  const values = Array.from({ length: 4000 }, (_, i) => randomAt(1, i)());
  const mean = values.reduce((a, b) => a + b) / values.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, `mean ${mean}`);
  assert.equal(new Set(values).size, 4000);
  const normal = normals(randomAt(3));
  const square = Array.from({ length: 4000 }, () => normal() ** 2).reduce((a, b) => a + b) / 4000;
  assert.ok(Math.abs(square - 1) < 0.1, `variance ${square}`);
  const order = shuffled([1, 2, 3, 4, 5, 6, 7, 8], randomAt(4));
  assert.deepEqual([...order].sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.notDeepEqual(order, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('as many patches go through the graph at once as the cache holds, in equal parts', () => {
  assert.equal(patchesAtOnce(6, 48), 1);
  assert.equal(patchesAtOnce(16, 17), 8);
  assert.equal(patchesAtOnce(7, 17), 7);
  assert.equal(patchesAtOnce(11, 20), 1);
});
