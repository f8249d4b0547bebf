import assert from 'node:assert/strict';
import test from 'node:test';
import type { RunPlan } from '../../../../src/media/source/footage-runs.js';
import { isDeinterlaced } from '../../../../src/upscale/footage/treatment.js';

/** A plan of 100 frames: film, then video from `video` on. */
function runs(video: number, videoRate: RunPlan['videoRate']): RunPlan {
  const plain = { order: null, cadence: null, place: 0 };
  return {
    runs: [
      { first: 0, kind: 'film', ...plain },
      { first: video, kind: 'video', ...plain },
    ],
    ...{ combed: [], repeated: [], frames: 100, weavesFilm: true, videoRate },
    ...{ dropsRepeats: false, frameRate: null },
  };
}

test('a clip counts as deinterlaced where at least half of its frames are', () => {
  assert.equal(isDeinterlaced({ fields: null, runs: null }), false);
  assert.equal(isDeinterlaced({ fields: { order: 'top', rate: 'frame' }, runs: null }), true);
  assert.equal(isDeinterlaced({ fields: null, runs: runs(50, 'field') }), true);
  assert.equal(isDeinterlaced({ fields: null, runs: runs(51, 'field') }), false);
  assert.equal(isDeinterlaced({ fields: null, runs: runs(10, null) }), false, 'left as they are');
});
