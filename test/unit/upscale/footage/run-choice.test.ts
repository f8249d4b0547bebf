import assert from 'node:assert/strict';
import test from 'node:test';
import type { FootageRun, FootageRuns } from '../../../../src/media/source/footage-runs.js';
import { checkFootage } from '../../../../src/upscale/footage/footage-settings.js';
import {
  checkContainer,
  needsRuns,
  planOfRuns,
  runNotes,
  whyNoRuns,
} from '../../../../src/upscale/footage/run-choice.js';
import { sampleSource } from '../../media/sample-source.js';

const film: FootageRun = { first: 0, kind: 'film', order: 'top', cadence: '3:2', place: 0 };
const video: FootageRun = { first: 60, kind: 'video', order: 'bottom', cadence: null, place: 0 };
const found: FootageRuns = {
  ...{ runs: [film, video], combed: [], repeated: [], frames: 100 },
  usualTicks: null,
};
const source = sampleSource();
const all = checkFootage({ telecine: 'auto', deinterlace: 'field' });

test('all frames are looked at only where something is asked that needs it', () => {
  const scan = { kind: 'interlaced', order: 'top' } as Parameters<typeof needsRuns>[0];
  const needs = (options: Parameters<typeof checkFootage>[0], change: object = {}) =>
    needsRuns({ ...scan, ...change }, checkFootage(options));
  assert.deepEqual(
    [needs({}), needs({ deinterlace: 'field' }), needs({ deinterlace: 'auto' })],
    [false, false, false],
  );
  assert.deepEqual([needs({ telecine: 'auto' }), needs({ repeats: 'drop' })], [true, true]);
  assert.ok(needs({ deinterlace: 'auto' }, { kind: 'mixed' }));
  assert.ok(needs({ deinterlace: 'auto' }, { order: null }));
});

test('each part is treated by what it is and by what is asked', () => {
  const plan = planOfRuns(source, found, all)!;
  assert.deepEqual([plan.weavesFilm, plan.videoRate], [true, 'field']);
  assert.deepEqual(
    runNotes(plan, found, all).map(({ why }) => why),
    [
      'film (60 of 100 frames) becomes its 48 pictures; video (40 of 100 frames) becomes a frame of every field',
    ],
  );
  const only = planOfRuns(source, found, checkFootage({ telecine: 'auto' }))!;
  assert.deepEqual([only.weavesFilm, only.videoRate], [true, null]);
  const named = planOfRuns(
    source,
    found,
    checkFootage({ telecine: 'auto', deinterlace: 'frame', fieldOrder: 'top' }),
  )!;
  assert.deepEqual(
    named.runs.map(({ order }) => order),
    ['top', 'top'],
  );
  // A clip of one kind of video needs no parts; nor does one of which nothing is to be done.
  assert.equal(planOfRuns(source, { ...found, runs: [{ ...video, first: 0 }] }, all), null);
  assert.equal(
    planOfRuns(source, { ...found, runs: [film] }, checkFootage({ repeats: 'drop' })),
    null,
  );
});

test('a rate that a file states of its fields is not taken for that of its frames', () => {
  const rate = { num: source.video.timeBase.den, den: source.video.timeBase.num * 400 };
  const doubled = {
    ...source,
    video: { ...source.video, frameRate: { ...rate, num: rate.num * 2 } },
  };
  assert.deepEqual(planOfRuns(doubled, { ...found, usualTicks: 400 }, all)!.frameRate, rate);
});

test('a container with one rate is refused for parts of several, with the way out', () => {
  const plan = planOfRuns(source, found, all)!;
  assert.throws(
    () => checkContainer(plan, '/out/tape.avi'),
    /but AVI has a constant one\. Name one ending in \.mkv or \.mp4/,
  );
  checkContainer(plan, '/out/tape.mkv');
  checkContainer(planOfRuns(source, { ...found, runs: [film] }, all)!, '/out/film.avi');
});

test('parts are not told apart where fields cannot be found in the frames', () => {
  assert.equal(whyNoRuns(source), null);
  assert.match(whyNoRuns({ ...source, video: { ...source.video, height: 181 } })!, /odd number/);
});
