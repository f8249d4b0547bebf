import assert from 'node:assert/strict';
import test from 'node:test';
import { showEstimate, showSpan, showTime } from '../../src/show-time.js';

test('times are hours, minutes and seconds; what is over at once is said in words', () => {
  assert.deepEqual([0, 59.6, 3723].map(showTime), ['0:00', '1:00', '1:02:03']);
  assert.deepEqual([0.2, 0.99, 1].map(showSpan), ['under a second', 'under a second', '0:01']);
  assert.deepEqual([0, 61].map(showEstimate), ['under a second', 'about 1:01']);
});
