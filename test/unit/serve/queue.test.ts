import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { noOptions, type Job } from '../../../src/serve/queue/job.js';
import type { JobRun, QueueWork, RunEnd, RunListener } from '../../../src/serve/queue/job-run.js';
import { Queue, type QueueWays } from '../../../src/serve/queue/queue.js';
import { QueueStore } from '../../../src/serve/queue/queue-store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Runs that end when the test says so. */
class FakeWork implements QueueWork {
  readonly begun: string[] = [];
  readonly planned: string[] = [];
  end: (end: RunEnd) => void = () => {};
  listener: RunListener | undefined;
  /** How runs were stopped. */
  readonly stopped: string[] = [];

  readonly enlarge = (job: Job, _places: unknown, listener: RunListener): JobRun => {
    this.begun.push(job.input);
    this.listener = listener;
    let end: (end: RunEnd) => void = () => {};
    const ended = new Promise<RunEnd>((resolve) => (end = resolve));
    this.end = end;
    const stop = (how: string): void => {
      this.stopped.push(`${job.input} ${how}`);
      end('interrupted');
    };
    return { ended, stop };
  };
  readonly planJob = (job: Job, listener: RunListener): JobRun => {
    this.planned.push(job.input);
    listener.change({ of: 10, pixels: 100 });
    return { ended: Promise.resolve('done'), stop: () => {} };
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function opened(folder = temporaryFolder(), ways: QueueWays = {}) {
  const work = new FakeWork();
  const queue = await Queue.open(await QueueStore.open(folder), work, ways);
  const states = () => queue.jobs.map(({ input, state }) => `${input} ${state}`);
  const idOf = (input: string) => queue.jobs.find((job) => job.input === input)!.id;
  return { folder, work, queue, states, idOf };
}

test('clips are worked off in their order, one at a time, and each is looked at beforehand', async () => {
  const { work, queue, states } = await opened();
  queue.add(['a', 'b', 'c'], noOptions);
  assert.deepEqual(states(), ['a running', 'b waiting', 'c waiting']);
  work.end('done');
  await settled();
  assert.deepEqual(states(), ['a done', 'b running', 'c waiting']);
  work.end('failed');
  await settled();
  assert.deepEqual(states(), ['a done', 'b failed', 'c running']);
  work.end('done');
  await queue.idle();
  assert.deepEqual(work.begun, ['a', 'b', 'c']);
  // The first was under way at once.
  assert.deepEqual(work.planned, ['b', 'c']);
});

test('a change is told once it is on disk', async () => {
  const { folder, queue, idOf } = await opened();
  queue.add(['a'], noOptions);
  await queue.written();
  const file = path.join(folder, 'jobs', `${idOf('a')}.json`);
  const onDisk: string[] = [];
  const leave = queue.listen((change) => {
    if (change.kind !== 'job' || change.job === null) return;
    const { state } = JSON.parse(readFileSync(file, 'utf8')) as { state: string };
    onDisk.push(`told ${change.job.state}, kept ${state}`);
  });
  queue.request(idOf('a'), 'pause');
  await settled();
  await queue.written();
  queue.request(idOf('a'), 'resume');
  await queue.written();
  leave();
  assert.equal(onDisk[0], 'told paused, kept paused');
  assert.equal(onDisk.at(-1), 'told running, kept running');
});

test('what waits already with the same options is not added again', async () => {
  const { queue } = await opened();
  queue.add(['a', 'b'], noOptions);
  assert.equal(queue.add(['b', 'c'], noOptions).length, 1);
  assert.equal(queue.add(['b'], { ...noOptions, scale: 4 }).length, 1);
  assert.equal(queue.jobs.length, 4);
});

test('moving, pausing, going on, cancelling and trying again change what comes next', async () => {
  const { work, queue, states, idOf } = await opened();
  queue.add(['a', 'b', 'c'], noOptions);
  queue.move(idOf('c'), idOf('b'));
  queue.request(idOf('a'), 'pause');
  await settled();
  assert.deepEqual(states(), ['a paused', 'c running', 'b waiting']);
  queue.request(idOf('c'), 'cancel');
  queue.request(idOf('a'), 'resume');
  await settled();
  assert.deepEqual(states(), ['a running', 'c cancelled', 'b waiting']);
  queue.request(idOf('c'), 'retry');
  assert.deepEqual(states(), ['a running', 'c waiting', 'b waiting']);
  assert.throws(() => queue.request(idOf('b'), 'resume'), { code: 'option', message: /waiting/ });
  assert.throws(() => queue.remove(idOf('a')), { code: 'option' });
  queue.remove(idOf('c'));
  work.end('done');
  await settled();
  assert.deepEqual(states(), ['a done', 'b running']);
});

test('pausing all stops what runs, and going on begins with it', async () => {
  const { queue, states } = await opened();
  queue.add(['a', 'b'], noOptions);
  queue.pause(true);
  await settled();
  assert.deepEqual(states(), ['a waiting', 'b waiting']);
  queue.pause(false);
  assert.deepEqual(states(), ['a running', 'b waiting']);
});

test('a queue that was cut off in the middle is there again: order, states, what ran first in turn', async () => {
  const { folder, queue, idOf } = await opened();
  queue.add(['a', 'b', 'c', 'd'], noOptions);
  queue.move(idOf('d'), idOf('b'));
  queue.request(idOf('b'), 'pause');
  await queue.written();
  // As after kill -9: nothing was closed, and a file was half written.
  writeFileSync(path.join(folder, 'jobs', `${idOf('a')}.json.part`), '{"id":');
  const again = await opened(folder);
  assert.deepEqual(again.states(), ['a running', 'd waiting', 'b paused', 'c waiting']);
  assert.deepEqual(again.work.begun, ['a']);
  await again.queue.written();
});

test('closing stops what runs, which is first in turn afterwards', async () => {
  const { folder, queue } = await opened();
  queue.add(['a', 'b'], noOptions);
  await queue[Symbol.asyncDispose]();
  const { jobs } = await (await QueueStore.open(folder)).load();
  assert.deepEqual(
    jobs.map(({ state }) => state),
    ['waiting', 'waiting'],
  );
});

test('a job that waits for another process to let go of its clip can be cancelled', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { work, queue, states, idOf } = await opened();
  queue.add(['a', 'b'], noOptions);
  work.end('busy');
  await settled();
  assert.deepEqual(states(), ['a running', 'b waiting']);
  t.mock.timers.tick(3000);
  assert.deepEqual(work.begun, ['a', 'a'], 'it is tried again');
  work.listener!.change({ error: 'Another process enlarges a.' });
  work.end('busy');
  await settled();
  queue.request(idOf('a'), 'cancel');
  t.mock.timers.tick(3000);
  await settled();
  assert.deepEqual(states(), ['a cancelled', 'b running']);
  assert.equal(queue.job(idOf('a')).error, null);
  // Nor does a closed queue begin a job again.
  work.end('busy');
  await settled();
  await queue[Symbol.asyncDispose]();
  t.mock.timers.tick(3000);
  await settled();
  assert.deepEqual(work.begun, ['a', 'a', 'b']);
});

test('a removed job leaves no file, and a file that is no job is named', async () => {
  const { folder, queue, idOf } = await opened();
  queue.add(['a', 'b'], noOptions);
  queue.remove(idOf('b'));
  await queue.written();
  assert.equal(readdirSync(path.join(folder, 'jobs')).length, 1);
  writeFileSync(path.join(folder, 'jobs', 'x.json'), '{"id":"../../x"}');
  await assert.rejects(opened(folder), /x\.json/);
});

test('files of a version that knew no tracks and presets are read', async () => {
  const { folder, queue, idOf } = await opened();
  queue.add(['a', 'b'], { ...noOptions, audio: 'eng', use: 'archive' });
  await queue.written();
  const file = path.join(folder, 'jobs', `${idOf('b')}.json`);
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const { audio, subs, use, quality, ...options } = kept['options'] as Record<string, unknown>;
  assert.deepEqual([audio, subs, use, quality], ['eng', null, 'archive', null]);
  const { size, ...rest } = kept;
  assert.equal(size, null);
  writeFileSync(file, JSON.stringify({ ...rest, options }));
  const { jobs } = await (await QueueStore.open(folder)).load();
  assert.deepEqual(jobs[0]!.options, { ...noOptions, audio: 'eng', use: 'archive' });
  assert.deepEqual([jobs[1]!.options, jobs[1]!.size], [noOptions, null]);
});

test('with several at once, each is stopped by itself; what others work on is left or taken back', async () => {
  const { queue, work, states, idOf } = await opened(undefined, { atOnce: 2 });
  queue.add(['a', 'b', 'c'], noOptions);
  assert.deepEqual(states(), ['a running', 'b running', 'c waiting']);
  queue.request(idOf('a'), 'pause');
  await settled();
  assert.deepEqual(states(), ['a paused', 'b running', 'c running']);
  queue.request(idOf('c'), 'cancel');
  await settled();
  assert.throws(() => queue.remove(idOf('b')), { code: 'option' });
  await queue[Symbol.asyncDispose]();
  assert.deepEqual(states(), ['a paused', 'b waiting', 'c cancelled']);
  assert.deepEqual(work.stopped, ['a take back', 'c take back', 'b leave']);
});

test('while what does the work is away nothing begins, and what met that waits again', async (t) => {
  const { queue, work, states } = await opened(undefined, { isHeld: true });
  queue.add(['a', 'b'], noOptions);
  assert.deepEqual([states(), work.begun], [['a waiting', 'b waiting'], []]);
  queue.hold(false);
  assert.deepEqual(states(), ['a running', 'b waiting']);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  work.listener!.change({ error: 'cannot be reached' });
  work.end('away');
  await settled();
  queue.hold(true);
  t.mock.timers.tick(60_000);
  assert.deepEqual(states(), ['a waiting', 'b waiting']);
  assert.equal(queue.jobs[0]!.error, null);
  queue.hold(false);
  assert.deepEqual(work.begun, ['a', 'a']);
});
