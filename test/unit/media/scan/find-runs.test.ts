import assert from 'node:assert/strict';
import test from 'node:test';
import { findRuns } from '../../../../src/media/scan/find-runs.js';
import type { FieldStep } from '../../../../src/media/scan/judge-place.js';

type Fits = readonly [same: number, late: number, early: number];
const whole: Fits = [1, 8, 8];
const topFirst: Fits = [6, 6, 14];
const mixed: Fits = [9, 1, 14];
const repeated: Fits = [1, 1, 9];
/** The five frames of 3:2 film, top field first. */
const cadence = [whole, whole, mixed, mixed, repeated];

const step = ([same, late, early]: Fits, change = 5, ticks = 1001): FieldStep => ({
  measure: { same, late, early, apart: 1, top: change, bottom: change, moving: 0.3 },
  ticks,
});
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const filmSteps = (count: number, first = 0) =>
  times(count, (i) => step(cadence[(first + i) % 5]!));
const videoSteps = (count: number) => times(count, () => step(topFirst));
const wholeSteps = (count: number) => times(count, () => step(whole));
const clip = (...parts: FieldStep[][]): (FieldStep | null)[] => [null, ...parts.flat().slice(1)];
const said = (steps: (FieldStep | null)[]) =>
  findRuns(steps).runs.map(({ first, kind, place }) => [first, kind, place]);

test('runs of each kind are told apart, each from its first frame on', () => {
  assert.deepEqual(said(clip(wholeSteps(30), videoSteps(40), filmSteps(40, 2))), [
    [0, 'progressive', 0],
    [30, 'video', 0],
    [70, 'film', 2],
  ]);
});

test('a run that seems combed, but no more than its own lines differ, is no video', () => {
  const drawnSteps = times(40, () => {
    const { measure, ...rest } = step([6, 9, 12]);
    return { ...rest, measure: { ...measure, apart: 6 } };
  });
  assert.deepEqual(said(clip(filmSteps(40), drawnSteps, filmSteps(40), videoSteps(40))), [
    [0, 'film', 0],
    [40, 'progressive', 0],
    [80, 'film', 0],
    [120, 'video', 0],
  ]);
});

test('a break of the cadence begins a new run of film', () => {
  assert.deepEqual(said(clip(filmSteps(42), filmSteps(40, 4))), [
    [0, 'film', 0],
    [42, 'film', 4],
  ]);
});

test('a run too short to be anything belongs to what lies beside it', () => {
  assert.deepEqual(said(clip(videoSteps(60), wholeSteps(6), videoSteps(60))), [[0, 'video', 0]]);
  const { runs, combed } = findRuns(clip(filmSteps(40), videoSteps(5), filmSteps(40)));
  assert.deepEqual([runs.length, runs[0]!.kind], [1, 'film']);
  // Frames that the cadence does not fit are to be deinterlaced; one has no picture at all.
  assert.ok(combed.length >= 2 && combed.every((number) => number >= 40 && number < 45));
});

test('a gap ends a run of film, and the next one keeps the cadence', () => {
  const steps = clip(filmSteps(60));
  steps[33] = step(cadence[3]!, 5, 30_000);
  assert.deepEqual(said(steps), [
    [0, 'film', 0],
    [33, 'film', 3],
  ]);
});

test('where nothing moves all is still, and a pause is part of what it interrupts', () => {
  const still = times(40, () => ({
    ...step(whole),
    measure: { ...step(whole).measure, moving: 0 },
  }));
  assert.deepEqual(said(clip(still)), [[0, 'still', 0]]);
  assert.deepEqual(said(clip(filmSteps(40), still, filmSteps(40))), [[0, 'film', 0]]);
});

test('a last frame of film without a picture goes to the video after it', () => {
  assert.deepEqual(said(clip(filmSteps(43), videoSteps(40)))[1], [42, 'video', 0]);
});

test('frames that repeat at regular places are found, slow ones and the last one are not', () => {
  const steps = clip(times(60, (i) => step(whole, i % 2 === 1 ? 0.1 : 5)));
  const { repeated: found } = findRuns(steps);
  assert.deepEqual(
    found,
    times(29, (i) => 2 * i + 1),
  );
  assert.deepEqual(findRuns(clip(times(60, () => step(whole, 0.4)))).repeated, []);
});
