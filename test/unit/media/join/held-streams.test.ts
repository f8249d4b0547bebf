import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally, type PacketLine } from '../../../../src/media/damage/stream-tally.js';
import { containerOfMuxer } from '../../../../src/media/formats/containers.js';
import {
  differences,
  videoStretch,
  type HeldStream,
} from '../../../../src/media/join/held-streams.js';
import { sampleSource } from '../sample-source.js';

type Made = { readonly start?: number; readonly size?: number; readonly hidden?: number };

/** So many packets of 20 ms each, the first few of them hidden. */
function tallyOf(packets: number, { start = 0, size = 100, hidden = 0 }: Made = {}): Tally {
  const tally = new Tally({ blanks: false, moments: true });
  for (let i = 0; i < packets; i++) {
    const at = start + 0.02 * i;
    const line: PacketLine = {
      ...{ place: 0, dts: at, pts: at, duration: 0.02, size, key: true, hidden: i < hidden },
    };
    tally.add(line);
  }
  return tally;
}

const audio = { ...sampleSource().streams[0]!, kind: 'audio', codec: 'aac', index: 1 } as const;
const clock = { container: containerOfMuxer('matroska'), shift: 0, window: null };
const held = (had: Tally, has: Tally, more: Partial<HeldStream> = {}): HeldStream => ({
  ...{ stream: audio, had, has, encoder: null, tick: 0.001 },
  ...more,
});

test('every packet counts, and those that an edit list hides do not', () => {
  assert.deepEqual(differences(held(tallyOf(50), tallyOf(50)), clock), []);
  assert.deepEqual(differences(held(tallyOf(50), tallyOf(49)), clock), [
    '1 of 50 packets of the source are not in it',
  ]);
  // Containers without such a list keep what was hidden, or leave it out.
  const hides = tallyOf(50, { hidden: 2 });
  assert.deepEqual(differences(held(hides, tallyOf(50)), clock), []);
  assert.deepEqual(differences(held(hides, tallyOf(48, { start: 0.04 })), clock), []);
  assert.deepEqual(differences(held(tallyOf(50), tallyOf(25, { size: 200 })), clock), []);
});

test('a start beside the video is held to a tick', () => {
  const moved = differences(held(tallyOf(50), tallyOf(50, { start: 0.03 })), clock);
  assert.deepEqual(moved, ['it starts 0.030 s too late beside the video']);
  const shifted = { ...clock, shift: 0.03 };
  assert.deepEqual(differences(held(tallyOf(50), tallyOf(50, { start: 0.03 })), shifted), []);
});

test('what is hidden before the start may begin where a muxer puts it, what is heard may not', () => {
  const hides = tallyOf(50, { start: -0.04, hidden: 2 });
  for (const start of [-0.04, -0.023, 0]) {
    assert.deepEqual(differences(held(hides, tallyOf(50, { start })), clock), [], String(start));
  }
  for (const [start, words] of [
    [-0.06, /0\.020 s too early/],
    [0.02, /0\.020 s too late/],
  ] as const) {
    assert.match(differences(held(hides, tallyOf(50, { start })), clock).join(), words);
  }
});

test('of a part, the packets that lie in it count', () => {
  const part = { ...clock, shift: -0.4, window: { from: 0.4, to: 0.8 } };
  assert.deepEqual(differences(held(tallyOf(100), tallyOf(20)), part), []);
  assert.match(differences(held(tallyOf(100), tallyOf(10)), part).join(), /9 of 19 packets/);
});

test('sound that is converted is held by its length', () => {
  const flac = { encoder: 'flac' };
  assert.deepEqual(differences(held(tallyOf(100), tallyOf(99), flac), clock), []);
  assert.match(
    differences(held(tallyOf(100), tallyOf(50), flac), clock).join(),
    /1\.00 of 2\.00 s/,
  );
});

test('a last picture that stands longer than in the source is found', () => {
  assert.equal(videoStretch(tallyOf(50), tallyOf(50), 0.001), 0);
  assert.ok(Math.abs(videoStretch(tallyOf(50), tallyOf(60), 0.001) - 0.2) < 1e-9);
});

test('a line of text on screen at the in-point belongs at the start of the part', () => {
  const lines = (...moments: [number, number][]): Tally => {
    const tally = new Tally({ blanks: false, moments: true });
    for (const [at, to] of moments) {
      const line = { place: 0, dts: at, pts: at, duration: to - at, size: 9, key: true };
      tally.add({ ...line, hidden: false });
    }
    return tally;
  };
  const had = lines([0.2, 1.9], [3, 4]);
  const part = { ...clock, shift: -0.7, window: { from: 0.7, to: 2 } };
  const text = { ...audio, kind: 'subtitle', codec: 'subrip' } as const;
  const found = (has: Tally, stream: HeldStream['stream']): string[] =>
    differences(held(had, has, { stream }), part);
  assert.deepEqual(found(lines([0, 1.2]), text), []);
  assert.match(found(lines(), text).join(), /^1 of 1 packets of the source are not in it/);
  assert.deepEqual(found(lines(), { ...text, codec: 'hdmv_pgs_subtitle' }), []);
});
