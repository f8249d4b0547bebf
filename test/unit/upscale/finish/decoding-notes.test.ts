import assert from 'node:assert/strict';
import test from 'node:test';
import type { FormChange } from '../../../../src/media/decode/frame-form.js';
import { decodingNotes } from '../../../../src/upscale/finish/decoding-notes.js';

const size = {
  ...{ width: 64, height: 48, startTime: 10 },
  timeBase: { num: 1, den: 100 },
};

function record(frames: number, changes: readonly number[], formChanges: FormChange[] = []) {
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
    formChanges,
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

test('what changes in mid-stream of samples and their shape is told with frame and time, once', () => {
  const range = { what: 'range', to: 'pc' } as const;
  const [note, aspect, ...more] = decodingNotes(
    [
      record(5, [], [{ ...range, frame: 2, pts: 1008 }]),
      // Read by itself, a segment says again what the one before said.
      record(
        5,
        [],
        [
          { ...range, frame: 0, pts: 1020 },
          { what: 'aspect', to: null, frame: 1, pts: 1024 },
        ],
      ),
    ],
    size,
  );
  assert.equal(note?.kind, 'missing');
  assert.match(note.what, /samples' range in mid-stream/);
  assert.match(note.why, /^it changes \(full \(pc\) from frame 2 on, at 0\.08 s\);/);
  assert.match(aspect!.why, /\(1:1 from frame 6 on, at 0\.24 s\)/);
  assert.deepEqual(more, []);
});
