import assert from 'node:assert/strict';
import test from 'node:test';
import { findRuns } from '../../../../src/media/scan/find-runs.js';
import type { FieldMeasure } from '../../../../src/media/scan/field-measure.js';
import { judgePlace, type FieldStep } from '../../../../src/media/scan/judge-place.js';

type Fits = readonly [same: number, late: number, early: number];
const whole: Fits = [1, 8, 8];
const topFirst: Fits = [6, 6, 14];
const mixed: Fits = [9, 1, 14];
const repeated: Fits = [1, 1, 9];
/** The five frames of 3:2 film, top field first. */
const cadence = [whole, whole, mixed, mixed, repeated];

const step = ([same, late, early]: Fits, change = 5, ticks = 1001): FieldStep => ({
  measure: { same, late, early, apart: 1, top: change, bottom: change, moving: 0.06 * change },
  ticks,
});
const stepOf = (fits: Pick<FieldMeasure, 'same' | 'late' | 'early' | 'apart'>): FieldStep => ({
  measure: { ...fits, top: 2, bottom: 2, moving: 0.1 },
  ticks: 1001,
});
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const filmSteps = (count: number, first = 0) =>
  times(count, (i) => step(cadence[(first + i) % 5]!));
const videoSteps = (count: number) => times(count, () => step(topFirst));
const wholeSteps = (count: number) => times(count, () => step(whole));
const clip = (...parts: FieldStep[][]): (FieldStep | null)[] => [null, ...parts.flat().slice(1)];
const said = (steps: (FieldStep | null)[]) =>
  findRuns(steps, 288).runs.map(({ first, kind, place }) => [first, kind, place]);

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
  const afterDrawn = [step([1, 9, 12]), ...filmSteps(39, 1)];
  assert.deepEqual(said(clip(filmSteps(40), drawnSteps, afterDrawn, videoSteps(40))), [
    [0, 'film', 0],
    [40, 'progressive', 0],
    [80, 'film', 0],
    [120, 'video', 0],
  ]);
});

test('where nothing is certain a run is called unsure, and a place of its frames is, too', () => {
  // As measured on ffmpeg's testsrc2 at 352x288: whole frames that seem combed.
  const drawn = times(40, () => stepOf({ same: 13, late: 33, early: 42, apart: 10 }));
  // Video whose lines of one field differ nearly as much as its fields.
  const slow = times(40, () => stepOf({ same: 8, late: 9, early: 15, apart: 10 }));
  // The same, moving evenly: each field is as near to the one before it as to the one after it.
  const even = times(40, () => stepOf({ same: 8, late: 8.4, early: 15, apart: 10 }));
  // Drawn pictures with combs so small that they may be lines.
  const lines = times(40, () => stepOf({ same: 4, late: 4.1, early: 8, apart: 10 }));
  // Video that would still be combed if its pictures were put together of two frames.
  const quick = times(40, () => stepOf({ same: 22, late: 19, early: 48, apart: 10 }));
  // Film with a picture's fields in two frames, but so full of fine lines that it may be video.
  const fine = times(40, () => stepOf({ same: 33, late: 13.5, early: 60, apart: 10 }));
  for (const [steps, run, place] of [
    [drawn, 'unsure', 'unsure'],
    [slow, 'unsure', 'unsure'],
    [even, 'video', 'interlaced'],
    [lines, 'unsure', 'unsure'],
    [quick, 'video', 'interlaced'],
    [fine, 'unsure', 'unsure'],
  ] as const) {
    assert.deepEqual(said(clip(steps)), [[0, run, 0]]);
    assert.deepEqual(said(clip(filmSteps(40), steps))[1]![1], run);
    assert.equal(judgePlace(steps.slice(1), 288).kind, place);
  }
});

test('where a scene begins, so does a run, and its first frame does not decide what it is', () => {
  /** The first frame of a scene: it looks whole, and nothing of it fits the frame before. */
  const cut = (same: number): FieldStep => ({
    measure: { same, late: 60, early: 61, apart: 12, top: 50, bottom: 50, moving: 0.9 },
    ticks: 1001,
  });
  for (const [a, b, kinds] of [
    [wholeSteps(31), videoSteps(40), ['progressive', 'video']],
    [videoSteps(32), wholeSteps(40), ['video', 'progressive']],
    [filmSteps(34), videoSteps(40), ['film', 'video']],
    [videoSteps(35), filmSteps(40, 3), ['video', 'film']],
  ] as const) {
    const [, ...after] = b;
    const found = said(clip([...a], [cut(12), ...after]));
    assert.deepEqual(
      found.map(([first, kind]) => [first, kind]),
      [
        [0, kinds[0]],
        [a.length, kinds[1]],
      ],
    );
    const judged = judgePlace([cut(12), ...after], 288).kind;
    assert.equal(
      judged,
      { progressive: 'progressive', video: 'interlaced', film: 'telecine' }[kinds[1]],
    );
  }
});

test('small pictures, and clips in which hardly anything tells, are of no kind with fields', () => {
  assert.deepEqual(
    findRuns(clip(videoSteps(40)), 90).runs.map(({ kind }) => kind),
    ['unsure'],
  );
  assert.deepEqual(
    findRuns(clip(wholeSteps(40)), 90).runs.map(({ kind }) => kind),
    ['progressive'],
  );
  const dull = times(40, () => ({
    ...step(topFirst),
    measure: { ...step(topFirst).measure, same: 10, late: 10, early: 10.5 },
  }));
  assert.deepEqual(said(clip(dull)), [[0, 'unsure', 0]]);
});

test('a break of the cadence begins a new run of film', () => {
  assert.deepEqual(said(clip(filmSteps(42), filmSteps(40, 4))), [
    [0, 'film', 0],
    [42, 'film', 4],
  ]);
});

test('a run too short to be anything belongs to what lies beside it', () => {
  assert.deepEqual(said(clip(videoSteps(60), wholeSteps(6), videoSteps(60))), [[0, 'video', 0]]);
  const { runs, combed } = findRuns(clip(filmSteps(40), videoSteps(5), filmSteps(40)), 288);
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

test('where a run of film ends with one field of a picture, that picture is not lost', () => {
  for (const after of [videoSteps(40), wholeSteps(40), []]) {
    const { runs, combed } = findRuns(clip(filmSteps(43), after), 288);
    assert.deepEqual([runs[0]!.kind, runs[1]?.first, combed], ['film', after[0] && 43, [42]]);
  }
  // The next frame, after a gap in the times, has the other field.
  const steps = clip(filmSteps(60));
  steps[33] = step(cadence[3]!, 5, 30_000);
  assert.deepEqual(findRuns(steps, 288).combed, []);
});

test('within a scene, a run begins at the very frame from which on its pictures fit together', () => {
  // As where fields of frames of two kinds follow one another in even steps.
  const first = (fits: Fits, steps: FieldStep[]) => [step(fits), ...steps.slice(1)];
  const afterVideo: Fits = [1, 7, 10];
  for (let place = 0; place < 5; place++) {
    const begins: Fits = place === 2 || place === 3 ? [9, 7, 16] : afterVideo;
    const film = first(begins, filmSteps(40, place));
    assert.deepEqual(said(clip(videoSteps(33), film))[1], [33, 'film', place]);
    // The last frame of film is number `place` of the cadence.
    const follows: Fits = place === 2 || place === 3 ? [6, 8, 16] : [6, 10, 14];
    const video = first(follows, videoSteps(40));
    assert.deepEqual(said(clip(filmSteps(31 + place), video))[1], [31 + place, 'video', 0]);
  }
  assert.deepEqual(said(clip(videoSteps(31), first(afterVideo, wholeSteps(40)))), [
    [0, 'video', 0],
    [31, 'progressive', 0],
  ]);
  assert.deepEqual(said(clip(wholeSteps(31), first([6, 10, 14], videoSteps(40)))), [
    [0, 'progressive', 0],
    [31, 'video', 0],
  ]);
});

test('repeated frames that coding changed, as it does at key frames, are found', () => {
  // As measured on MPEG-2 of quantiser 4: one frame in 5 repeats, and each has been coded again.
  const levels = [0, 0.23, 1.07, 0.01, 0.5, 0.29, 0, 1.1];
  const steps = clip(
    times(60, (i) => {
      const repeats = i % 5 === 1;
      const change = repeats ? levels[Math.floor(i / 5) % levels.length]! : 1.2 + (i % 4) / 4;
      const { measure, ticks } = step(whole, change);
      return { measure: { ...measure, moving: repeats ? 0.0005 : 0.027 }, ticks };
    }),
  );
  assert.deepEqual(
    findRuns(steps, 288).repeated,
    times(12, (i) => 5 * i + 1),
  );
});

test('frames that repeat at regular places are found, slow ones and the last one are not', () => {
  const steps = clip(times(60, (i) => step(whole, i % 2 === 1 ? 0.1 : 5)));
  const { repeated: found } = findRuns(steps, 288);
  assert.deepEqual(
    found,
    times(29, (i) => 2 * i + 1),
  );
  assert.deepEqual(findRuns(clip(times(60, () => step(whole, 0.4))), 288).repeated, []);
});
