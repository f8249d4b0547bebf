import assert from 'node:assert/strict';
import test from 'node:test';
import { decodingNotes } from '../../../../src/upscale/finish/decoding-notes.js';

const size = { width: 64, height: 48 };

function record(frames: number, changes: readonly number[]) {
  return {
    ...{
      frames,
      firstPts: 0,
      provider: 'cpu',
      precision: 'fp32',
      videoSha256: '',
      rowsSha256: '',
      reused: 0,
      attempt: null,
    },
    ...{ damagedFrames: [], messages: [], truncated: false, lostPackets: 0 },
    complaints: { count: 0, text: '', firstPts: null, lastPts: null, unstarted: 0 },
    sizeChanges: changes.map((frame) => ({ frame, width: 32, height: 24 })),
  };
}

test('a clip of one size that decodes whole has no notes', () => {
  assert.deepEqual(decodingNotes([record(5, []), record(5, [])], size), []);
});

test('changes of size are told by the frame in the whole clip, the first few', () => {
  const [note] = decodingNotes([record(5, [2]), record(5, [0])], size);
  assert.equal(
    note?.why,
    'it changes in mid-stream (32x24 from frame 2 on, 32x24 from frame 5 on); every frame is brought to 64x48',
  );
  const [many] = decodingNotes([record(20, [1, 2, 3, 4, 5, 6, 7])], size);
  assert.match(many!.why, /frame 5 on, 2 more\)/);
});
