import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changed, emptyState } from '../../../src/serve/browser/client.js';
import { duration, size, timeForAll } from '../../../src/serve/browser/words.js';
import { noOptions, type Job } from '../../../src/serve/queue/job.js';

const job = (id: string, more: Partial<Job> = {}): Job => ({
  ...{ id, input: `/${id}.mkv`, options: noOptions, state: 'waiting', added: '', output: null },
  ...{
    frames: 0,
    of: 100,
    pixels: 1000,
    size: null,
    bytes: null,
    models: [],
    notes: [],
    error: null,
  },
  hasReport: false,
  ...more,
});

test('times and sizes read as people say them', () => {
  assert.deepEqual([duration(59.6), duration(3723), duration(0)], ['1:00', '1:02:03', '0:00']);
  assert.deepEqual([size(999), size(1500), size(123_456_789)], ['999 B', '1.5 kB', '123 MB']);
});

test('the time for all goes by the pixels of the one that runs, and counts what is unknown', () => {
  const jobs = [
    job('a', { state: 'running', frames: 50 }),
    job('b', { pixels: 4000 }),
    job('c', { pixels: null }),
    job('d', { state: 'paused' }),
  ];
  const paces = { a: { fps: 10, stage: 'enlarge', eta: 5 } };
  // 50 frames at 10 a second, and 100 frames of four times the pixels.
  assert.deepEqual(timeForAll(jobs, paces), { seconds: 5 + 40, unknown: 1, rate: 10_000 });
  assert.equal(timeForAll(jobs, {}).seconds, null);
  // Two at a time share the work.
  const two = [...jobs.slice(0, 2), job('e', { state: 'running' })];
  const both = { ...paces, e: { fps: 15, stage: 'enlarge', eta: null } };
  assert.deepEqual(timeForAll(two, both), { seconds: 2 + 16 + 4, unknown: 0, rate: 25_000 });
});

test('changes bring the page to what the queue is', () => {
  const before = { ...emptyState, jobs: [job('a'), job('b'), job('c')] };
  const after = changed(before, [
    { kind: 'job', id: 'b', job: null },
    { kind: 'job', id: 'a', job: job('a', { state: 'running' }) },
    { kind: 'pace', id: 'a', pace: { fps: 1, stage: 'enlarge', eta: null }, frames: 7 },
    { kind: 'job', id: 'd', job: job('d') },
    { kind: 'order', order: ['d', 'a', 'c'], paused: true },
  ]);
  assert.deepEqual(
    after.jobs.map(({ id, frames }) => `${id} ${frames}`),
    ['d 0', 'a 7', 'c 0'],
  );
  assert.equal(after.paused, true);
  assert.equal(after.paces['a']?.fps, 1);
});

test('a job that comes with an order from before it is not lost', () => {
  const before = { ...emptyState, jobs: [job('a'), job('b')] };
  const after = changed(before, [
    { kind: 'order', order: ['b', 'a'], paused: false },
    { kind: 'job', id: 'c', job: job('c') },
  ]);
  assert.deepEqual(
    after.jobs.map(({ id }) => id),
    ['b', 'a', 'c'],
  );
});
