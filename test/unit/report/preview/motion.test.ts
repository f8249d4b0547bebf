import assert from 'node:assert/strict';
import test from 'node:test';
import { motionSpan } from '../../../../src/report/preview/motion.js';

test('motion is shown from the in point on, otherwise about the middle, and ends with the clip', () => {
  const span = (start: number | null, end: number | null, duration: number | null) => {
    const { from, to } = motionSpan(10, { start, end, duration });
    return [from, to];
  };
  assert.deepEqual(span(null, null, 100), [45, 55]);
  assert.deepEqual(span(60, null, 100), [60, 70]);
  assert.deepEqual(span(95, null, 100), [95, 100]);
  assert.deepEqual(span(60, 64, 100), [60, 64]);
  assert.deepEqual(span(null, null, 4), [0, 4], 'a clip that is shorter');
  assert.deepEqual(span(null, null, null), [0, 10], 'a length that nobody knows');
});
