import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';
import { expectedFrames, workersOf } from '../../../../src/upscale/plan/expected-frames.js';
import type { UpscaleOptions } from '../../../../src/upscale/plan/options.js';
import { checkOptions } from '../../../../src/upscale/plan/settings.js';
import { sampleSource, sampleVideo } from '../../media/sample-source.js';

/** A clip of ten seconds at 25 frames a second. */
function job(options: UpscaleOptions, width: number, height: number, isLengthKnown = true) {
  const frameRate = { num: 25, den: 1 };
  const duration = isLengthKnown ? 10 : null;
  const video = sampleVideo({ width, height, frameRate, duration, frameCount: null });
  return {
    source: sampleSource([], { duration, container: 'mpegts' }, video),
    settings: checkOptions(options),
  };
}

test('frames are expected by rate and length, within what was asked for', () => {
  assert.equal(expectedFrames(job({}, 64, 48)), 250);
  assert.equal(expectedFrames(job({ start: 2, end: 4 }, 64, 48)), 50);
  assert.equal(expectedFrames(job({ frames: 7 }, 64, 48)), 7);
  assert.equal(expectedFrames(job({}, 64, 48, false)), null);
});

test('threads are those asked for, otherwise as many as the frames are worth', () => {
  const cores = os.availableParallelism();
  assert.equal(workersOf(job({ workers: 3 }, 64, 48)), 3);
  assert.equal(workersOf(job({ frames: 10 }, 64, 48)), 1);
  assert.equal(workersOf(job({ frames: 10, workers: 2 }, 64, 48)), 2);
  assert.equal(workersOf(job({}, 1920, 1080)), cores);
  assert.equal(workersOf(job({}, 64, 48, false)), cores);
});
