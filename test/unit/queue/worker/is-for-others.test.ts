import assert from 'node:assert/strict';
import test from 'node:test';
import type { Job } from 'bullmq';
import { storedPayload } from '../../../../src/queue/job/payload.js';
import { newShareToken, sharedRoot } from '../../../../src/queue/job/share.js';
import type { QueueBook, WorkerEntry } from '../../../../src/queue/redis/book.js';
import { isForOthers } from '../../../../src/queue/worker/is-for-others.js';

const entry = (id: string, fingerprint: string, ...roots: string[]): WorkerEntry => ({
  ...{ id, name: id, fingerprint, roots, since: '2026-11-26T00:00:00Z', doing: null },
  ...{ segmentsDone: 0, failures: 0, clockMs: 0 },
});

const jobOf = (root: string, isShared = false): Job => {
  const url = 'http://10.0.0.5:8750';
  const share = isShared ? { url, token: newShareToken(), certificate: null } : null;
  const place = { root, path: 'one.mp4' };
  const ref = { clip: 'a'.repeat(12), input: place, output: place, job: 'b'.repeat(64) };
  return { data: storedPayload({ ...ref, from: 0, to: 1, share }) } as unknown as Job;
};

/** A book that knows these workers, and nothing else. */
const bookOf = (...workers: WorkerEntry[]): QueueBook =>
  ({ workers: () => Promise.resolve(workers) }) as unknown as QueueBook;

test('a job below a root that is not here goes to those who have it, if there are any', async () => {
  const own = entry('own', 'f', 'media');
  assert.equal(await isForOthers(jobOf('media'), own, bookOf()), false);
  assert.equal(await isForOthers(jobOf('tapes'), own, bookOf(own)), false);
  assert.equal(await isForOthers(jobOf('tapes'), own, bookOf(entry('o', 'g', 'tapes'))), false);
  assert.equal(await isForOthers(jobOf('tapes'), own, bookOf(entry('o', 'f', 'tapes'))), true);
});

test('a clip that its submitter serves waits for workers that take such clips', async () => {
  const shared = jobOf(sharedRoot, true);
  assert.equal(await isForOthers(shared, entry('own', 'f', 'media'), bookOf()), true);
  assert.equal(await isForOthers(shared, entry('own', 'f', sharedRoot), bookOf()), false);
});

test('a job whose payload cannot be read is for no other worker either', async () => {
  const unreadable = { data: { v: 0 } } as unknown as Job;
  const own = entry('own', 'f', 'media');
  assert.equal(await isForOthers(unreadable, own, bookOf(entry('o', 'f', 'media'))), false);
});
