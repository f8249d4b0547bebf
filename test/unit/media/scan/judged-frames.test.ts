import assert from 'node:assert/strict';
import test from 'node:test';
import type { FieldMeasure } from '../../../../src/media/scan/field-measure.js';
import { findRuns } from '../../../../src/media/scan/find-runs.js';
import {
  isShifted,
  isVideo,
  judgePlace,
  type JudgedFrame,
  mayBeBlurred,
} from '../../../../src/media/scan/judge-place.js';

/** Frames with the mean differences given, which seem to be of `kind`, top field first. */
function frames(
  kind: 'video' | 'shifted',
  [same, late, early, apart]: readonly [number, number, number, number],
): JudgedFrame[] {
  const measure = { same, late, early, apart, top: 5, bottom: 5, moving: 0.5 };
  return Array.from({ length: 10 }, () => ({
    measure,
    state: { kind, order: 'top', place: 0 },
  }));
}

test('video full of detail is known by fields that fit both ways, and fit farther ones less', () => {
  for (const [measured, expected] of [
    // Combed a little, the next field in time about as near, the one after that far off.
    [[6, 6.2, 10.5, 10], true],
    [[6, 6.5, 10.5, 10], null],
    [[6, 6.1, 8.7, 10], null],
    // Combed well, and the next field less near.
    [[16, 20, 36, 10], true],
    [[14, 18.4, 36, 10], null],
    // Hardly combed, and as far from the next field as whole pictures are.
    [[6, 9, 10, 10], false],
  ] as const) {
    assert.equal(isVideo(frames('video', measured)), expected, measured.join(', '));
  }
});

test('film in two frames is known by pictures that are not combed once they are put together', () => {
  for (const [measured, expected] of [
    [[10, 5, 20, 5], true],
    [[10, 7, 20, 5], null],
    // Put together they are combed much as before: video.
    [[10, 9, 20, 5], false],
  ] as const) {
    assert.equal(isShifted(frames('shifted', measured)), expected, measured.join(', '));
  }
});

test('frames may be blurred video if the frame before fits better by one field', () => {
  for (const [measured, expected] of [
    [[8, 9, 11, 10], true],
    // By either field alike, as whole pictures do.
    [[8, 10, 10.1, 10], false],
    // Combed more, as a drawn picture; combed less, as film that moves up.
    [[9.8, 11, 13, 10], false],
    [[6, 7, 9, 10], false],
  ] as const) {
    assert.equal(mayBeBlurred(frames('video', measured)), expected, measured.join(', '));
  }
});

/** Same, late, early, apart and moving. */
type Five = readonly [number, number, number, number, number];

test('where few frames tell anything, whole pictures are not taken for film', () => {
  /** A drawn test picture of 75 frames, in which a gradient and a digit change now and then. */
  const telling = new Map<number, Five>([
    [4, [21.9, 23.14, 23.35, 21.03, 0.0022]],
    [8, [19, 23.57, 30.68, 21.3, 0.0011]],
    [20, [19.51, 24.6, 31.09, 20.42, 0.0013]],
    [29, [6.16, 168.88, 168.6, 6.33, 0.0062]],
    [32, [31.71, 35.92, 31.43, 31.12, 0.0014]],
    [59, [47.17, 164.05, 164.48, 47.37, 0.008]],
  ]);
  const still: Five = [0, 0, 0, 0, 0];
  const measures = Array.from({ length: 75 }, (_, i): FieldMeasure => {
    const [same, late, early, apart, moving] = telling.get(i) ?? still;
    return { same, late, early, apart, moving, top: 0.4, bottom: 0.4 };
  });
  const steps = measures.map((measure) => ({ measure, ticks: 1 }));
  assert.equal(judgePlace(steps, 240).kind, 'unsure');
  const { runs } = findRuns([null, ...steps], 240);
  assert.ok(runs.every(({ kind }) => kind !== 'film'));
});
