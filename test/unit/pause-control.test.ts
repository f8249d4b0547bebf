import assert from 'node:assert/strict';
import test from 'node:test';
import { PauseControl } from '../../src/pause-control.js';

test('who passes waits for the end of the pause, or for the signal', async () => {
  const pause = new PauseControl();
  const stop = new AbortController();
  await pause.passed(stop.signal);
  pause.pause();
  const passed: string[] = [];
  const one = pause.passed(new AbortController().signal).then(() => passed.push('resumed'));
  const other = pause.passed(stop.signal).then(() => passed.push('stopped'));
  await new Promise(setImmediate);
  assert.deepEqual(passed, []);
  stop.abort();
  await other;
  assert.deepEqual(passed, ['stopped']);
  pause.resume();
  await one;
  assert.deepEqual(passed, ['stopped', 'resumed']);
});

test('its clock stands still in a pause', (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  let now = 1000;
  t.mock.method(performance, 'now', () => now);
  const pause = new PauseControl();
  now = 1500;
  assert.equal(pause.now(), 1500);
  pause.pause();
  now = 4000;
  assert.equal(pause.now(), 1500);
  pause.resume();
  pause.pause();
  now = 5000;
  assert.equal(pause.now(), 1500);
  pause.resume();
  assert.equal(pause.now(), 1500);
  now = 5250;
  assert.equal(pause.now(), 1750);
});
