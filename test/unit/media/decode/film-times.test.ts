import assert from 'node:assert/strict';
import test from 'node:test';
import { FilmTimes } from '../../../../src/media/decode/film-times.js';
import type { FootageRun } from '../../../../src/media/source/footage-runs.js';

const rate = { num: 30000, den: 1001 };
const run: FootageRun = { first: 10, kind: 'film', order: 'top', cadence: '3:2', place: 0 };

/** The frames of a run, by their places from its first one, that have a picture. */
const pictured = Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 5 !== 2);

test('pictures of film lie on an even grid, exact where the ticks allow it', () => {
  const times = new FilmTimes(rate, { num: 1, den: 120_000 });
  const found = pictured.map((i) => times.next(run, 10 + i, 800 + 4004 * i));
  assert.deepEqual(
    found,
    found.map((_, i) => 800 + 5005 * i),
  );
});

test('times that are rounded to milliseconds stay within one of the grid, however long', () => {
  const times = new FilmTimes(rate, { num: 1, den: 4000 });
  const ms = (frames: number): number => Math.round((frames * 1001) / 30);
  for (let i = 0, count = 0; i < 100_000; i++) {
    if (i % 5 === 2) continue;
    const found = times.next(run, 10 + i, 4 * ms(i));
    assert.ok(Math.abs(found / 4 - (count++ * 1001) / 24) <= 1, `picture ${count}`);
  }
});

test('where the clip is faster than it says, the grid follows it, and a new run begins anew', () => {
  const times = new FilmTimes({ num: 30, den: 1 }, { num: 1, den: 1200 });
  for (const i of pictured) {
    const found = times.next(run, 10 + i, 39 * i);
    assert.ok(Math.abs(found - 39 * i) <= 40, `frame ${i} at ${found}`);
  }
  const next = { ...run, first: 70, place: 3 };
  assert.equal(times.next(next, 70, 5000), 5000);
  assert.equal(times.next(next, 71, 5040), 5050);
});
