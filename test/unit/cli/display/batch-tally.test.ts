import assert from 'node:assert/strict';
import test from 'node:test';
import type { ProgressEvent } from '../../../../src/events.js';
import { BatchTally } from '../../../../src/cli/display/batch-tally.js';

const progress = (clip: string, frames: number, of: number | null): ProgressEvent => ({
  ...{ event: 'progress', stage: 'enlarge', clip, output: `${clip}.x2`, frames, of },
  ...{ fps: 0, eta: null, psnr: null },
});

test('a batch’s end is told by the work that is left: frames, and how large they are', () => {
  const tally = new BatchTally();
  tally.start(['a', 'b', 'c']);
  assert.deepEqual(tally.figures(0), {
    clips: 3,
    ended: 0,
    frames: 0,
    totalFrames: null,
    eta: null,
  });
  tally.plan('a', 100, 1000);
  tally.plan('b', 10, 4000);
  tally.plan('c', 20, 1000);
  // An earlier run had done 40 frames of the first.
  tally.update(progress('a', 40, 100), 0);
  tally.update(progress('a', 70, 100), 30_000);
  // 30 frames of 1000 samples in 30 s; left are 30 of 1000, 10 of 4000, 20 of 1000: 90 s.
  const figures = tally.figures(30_000);
  assert.deepEqual(figures, { clips: 3, ended: 0, frames: 70, totalFrames: 130, eta: 90 });
  tally.end('a');
  tally.update(progress('b', 12, 10), 60_000);
  assert.equal(tally.figures(60_000).totalFrames, 70 + 12 + 20);
});

test('clips whose length is not known count as the others', () => {
  const tally = new BatchTally();
  tally.start(['a', 'b', 'c']);
  tally.plan('a', 10, 1);
  tally.update(progress('a', 0, 10), 0);
  tally.update(progress('a', 5, 10), 5000);
  assert.equal(tally.figures(5000).eta, 5 + 10 + 10);
});
