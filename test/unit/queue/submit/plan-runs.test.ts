import assert from 'node:assert/strict';
import test from 'node:test';
import { planRuns } from '../../../../src/queue/submit/plan-runs.js';

const open = (count: number): boolean[] => Array.from({ length: count }, () => false);
const lengths = (runs: readonly { from: number; to: number }[]): number[] =>
  runs.map(({ from, to }) => to - from);

test('long runs come first, and single segments last', () => {
  const runs = planRuns(open(100), 'anywhere', 4);
  const sizes = lengths(runs);
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    100,
  );
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b - a),
  );
  assert.equal(sizes[0], 4);
  assert.ok(sizes.slice(-6).every((size) => size === 1));
  assert.deepEqual([runs[0]!.from, runs.at(-1)!.to], [0, 100]);
});

test('what is done is left out, and no run goes across it', () => {
  const done = [true, false, false, true, true, false, true];
  assert.deepEqual(planRuns(done, 'anywhere', 1), [
    { from: 1, to: 3 },
    { from: 5, to: 6 },
  ]);
  assert.deepEqual(planRuns([true, true], 'anywhere', 4), []);
});

test('a clip that is decoded from its beginning by each job has ten of them at most', () => {
  for (const count of [3, 10, 11, 95, 1000]) {
    const runs = planRuns(open(count), 'blind', 50);
    assert.ok(runs.length <= 10, `${count}: ${runs.length}`);
    assert.equal(
      lengths(runs).reduce((sum, size) => sum + size),
      count,
    );
  }
});

test('segments whose place in time must be counted stay with one worker', () => {
  assert.deepEqual(planRuns([true, false, true, false], 'in order', 9), [{ from: 0, to: 4 }]);
  assert.deepEqual(planRuns([true, true], 'in order', 9), []);
});
