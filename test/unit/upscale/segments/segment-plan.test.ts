import assert from 'node:assert/strict';
import test from 'node:test';
import {
  planBlindSegments,
  planSegments,
  usualSeconds,
  wholeClip,
} from '../../../../src/upscale/segments/segment-plan.js';

const base = { num: 1, den: 100 };

/** Segments that hold `pts`. */
function holders(segments: ReturnType<typeof planSegments>, pts: number): number[] {
  return segments
    .filter(({ from, to }) => (from === null || pts >= from) && (to === null || pts < to))
    .map(({ number }) => number);
}

test('every time lies in exactly one segment, the first and last open', () => {
  const keys = Array.from({ length: 40 }, (_, i) => i * 200 + 7);
  const segments = planSegments(keys, base, {}, 10);
  assert.ok(segments.length > 4);
  for (let pts = -50; pts < 9000; pts += 13)
    assert.equal(holders(segments, pts).length, 1, `${pts}`);
  for (const segment of segments.slice(1)) {
    assert.ok(keys.includes(segment.from!));
    assert.equal(segment.seekTo, segment.from);
  }
});

test('segments last at least as long as asked, but for half of it at the end', () => {
  const keys = Array.from({ length: 101 }, (_, i) => i * 100);
  const cuts = planSegments(keys, base, {}, 10).map(({ from }) => from);
  assert.deepEqual(cuts, [null, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
});

test('a wanted part starts reading at the keyframe before it', () => {
  const keys = Array.from({ length: 101 }, (_, i) => i * 100);
  const segments = planSegments(keys, base, { from: 2550, to: 5010 }, 10);
  assert.deepEqual(segments[0], { number: 0, from: 2550, to: 3600, seekTo: 2500 });
  assert.equal(segments.at(-1)!.to, 5010);
});

test('times that do not rise leave the clip whole', () => {
  assert.deepEqual(planSegments([0, 1000, 900, 5000], base, {}, 1), wholeClip({}));
  assert.deepEqual(planSegments([], base, {}, 1), wholeClip({}));
});

test('a clip without trusted keyframes is cut by time, and read from its beginning', () => {
  const segments = planBlindSegments(50, 3350, base, {}, 10);
  assert.deepEqual(
    segments.map(({ from, to, seekTo }) => [from, to, seekTo]),
    [
      [null, 1050, null],
      [1050, 2050, null],
      [2050, null, null],
    ],
  );
  for (let pts = 0; pts < 4000; pts += 7) assert.equal(holders(segments, pts).length, 1);
  const part = planBlindSegments(0, 3300, base, { from: 500, to: 2600 }, 10);
  assert.deepEqual(
    part.map(({ from, to }) => [from, to]),
    [
      [500, 1500],
      [1500, 2600],
    ],
  );
});

test('segments of tiny pictures last longer, all others ten seconds', () => {
  const rate = { num: 25, den: 1 };
  assert.equal(usualSeconds({ width: 1920, height: 1080 }, rate), 10);
  assert.equal(usualSeconds({ width: 320, height: 180 }, null), 10);
  assert.equal(usualSeconds({ width: 100, height: 100 }, rate), 40);
  assert.equal(usualSeconds({ width: 100, height: 100 }, { num: 50, den: 1 }), 20);
});
