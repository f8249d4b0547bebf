import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from '../../../../src/media/damage/stream-tally.js';
import { lostFrames, type OwedJob } from '../../../../src/upscale/finish/lost-frames.js';

const aspect = (frame: number) => ({ frame, pts: 0, what: 'aspect', to: '4/3' }) as const;

/** A key packet at 0.12 s, two that are shown before it, and ten after it. */
function census() {
  const tally = new Tally({ blanks: false, moments: false });
  const places = [3, 1, 2, ...Array.from({ length: 10 }, (_, i) => 4 + i)];
  places.forEach((place, i) => {
    const times = { dts: 0.04 * i, pts: 0.04 * place, duration: 0.04 };
    tally.add({ ...times, place: 0, size: 9, key: i === 0, hidden: false });
  });
  return { census: { streams: new Map([[0, tally]]), complaints: [] } };
}

function job(codec: string, container: string, more: Partial<OwedJob> = {}): OwedJob {
  return {
    source: { container, video: { index: 0, codec, fields: null, runs: null, interlaced: 'no' } },
    range: {},
    settings: { frames: Infinity },
    ...more,
  };
}

const came = (frames: number, changes: readonly number[] = []) => [
  { frames: 0, formChanges: [], sizeChanges: [] },
  { frames, formChanges: changes.map(aspect), sizeChanges: [] },
];

test('MPEG-2 may lack the pictures that come before their base, and no other', () => {
  const mpeg = job('mpeg2video', 'mpegts');
  const nothing = { damage: null, notes: [] };
  assert.deepEqual(lostFrames(mpeg, came(13), census()), nothing);
  assert.deepEqual(lostFrames(mpeg, came(11), census()), nothing);
  assert.equal(lostFrames(mpeg, came(9), census()).damage?.what, '2 of 11 packets gave no frame');
  // Of a part, and of a stream whose beginning has no times, nothing is known.
  const part = { ...mpeg, settings: { frames: 5 } };
  assert.deepEqual(lostFrames(part, came(5), census()), nothing);
  assert.deepEqual(lostFrames(job('mpeg2video', 'mpegvideo'), came(9), census()), nothing);
});

test('a frame that the decoder loses where the shape changes is named and no damage', () => {
  const { damage, notes } = lostFrames(job('mpeg2video', 'mpeg'), came(10, [4]), census());
  assert.equal(damage, null);
  assert.equal(notes[0]?.what, '1 frame of the video');
  assert.match(notes[0].why, /change their shape or size.*\(before frame 4\)/);
  const both = lostFrames(job('mpeg2video', 'mpeg'), came(8, [4, 6]), census());
  assert.match(both.notes[0]!.why, /\(before frame 4, 6\)/);
  assert.equal(both.damage?.what, '1 of 11 packets gave no frame');
});

test('a frame of MPEG-4 that is lost where the size changes is named, and no other is missed', () => {
  const sized = (frames: number) => [
    { frames, formChanges: [aspect(2)], sizeChanges: [{ frame: 4, width: 64, height: 48 }] },
  ];
  for (const container of ['avi', 'm4v', 'matroska,webm']) {
    const { damage, notes } = lostFrames(job('mpeg4', container), sized(12), census());
    assert.equal(damage, null);
    assert.equal(notes[0]?.what, '1 frame of the video');
    assert.match(notes[0].why, /MPEG-4's pictures change their size.*\(before frame 4\)/);
    assert.deepEqual(lostFrames(job('mpeg4', container), sized(13), census()).notes, []);
    // Without a change of size, packets that give no frame repeat the picture before.
    const repeated = lostFrames(job('mpeg4', container), came(12, [4]), census());
    assert.deepEqual(repeated, { damage: null, notes: [] });
  }
});

test('every packet of whole pictures in a trusted index gives a frame', () => {
  const h264 = job('h264', 'matroska,webm');
  assert.equal(lostFrames(h264, came(12), census()).damage?.what, '1 of 13 packets gave no frame');
  // Fields may lie in packets of their own.
  const { video, ...source } = h264.source;
  const fields = { ...h264, source: { ...source, video: { ...video, interlaced: 'top-first' } } };
  assert.equal(lostFrames(fields as OwedJob, came(7), census()).damage, null);
  assert.equal(lostFrames(job('h264', 'mpegts'), came(12), census()).damage, null);
});
