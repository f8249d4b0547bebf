import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import { usefulWorkers } from '../../../src/enlarge/worker-pool.js';

test('a clip of a few small frames gets one thread, a long or large one a thread for each core', () => {
  const cores = os.availableParallelism();
  assert.equal(usefulWorkers(0), 1);
  assert.equal(usefulWorkers(10 * 64 * 48), 1);
  assert.equal(usefulWorkers(60 * 352 * 288), Math.min(cores, 13));
  assert.equal(usefulWorkers(1e12), cores);
  assert.equal(usefulWorkers(null), cores);
});
