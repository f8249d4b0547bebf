import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { queueName } from '../../src/queue/fingerprint.js';
import { storedPayload } from '../../src/queue/job/payload.js';
import { QueueBook } from '../../src/queue/redis/book.js';
import { queueAddress } from '../../src/queue/redis/address.js';
import { connectQueue, type QueueConnection } from '../../src/queue/redis/connection.js';
import { makeQueueJob, type QueueJob } from '../support/queue-job.js';
import type { Vsr } from '../support/run-vsr.js';
import { startRedis, withoutRedis, type TestRedis } from '../support/redis.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let redis: TestRedis;
let job: QueueJob;
let connection: QueueConnection;
let book: QueueBook;
let worker: Vsr;

/** While this file exists, the worker's ffmpeg waits before it does anything. */
const gate = path.join(folder, 'gate');

/** An ffmpeg for the worker that waits at the gate. */
async function gatedFfmpeg(): Promise<string> {
  const file = path.join(folder, 'ffmpeg-at-the-gate');
  const { ffmpeg } = await locateFfmpeg();
  const lines = [`while [ -e '${gate}' ]; do sleep 0.05; done`, `exec '${ffmpeg}' "$@"`];
  await writeFile(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(file, 0o755);
  return file;
}

before(async () => {
  if (withoutRedis !== false) return;
  redis = await startRedis();
  job = await makeQueueJob(folder, 2);
  connection = await connectQueue(queueAddress({ url: redis.url }));
  book = new QueueBook(connection.redis);
});
after(async () => {
  worker?.child.kill('SIGKILL');
  await connection?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

const queue = async (...args: string[]) => {
  const run = await runVsr('queue', ...args, '--queue', redis.url);
  assert.equal(run.code, 0, run.stderr);
  return run.stdout;
};

type Status = {
  readonly clips: readonly {
    id: string;
    state: string;
    done: number;
    openSeconds: number | null;
  }[];
  readonly lanes: readonly { fingerprint: { id: string }; workers: number; waiting: number }[];
};

async function status(): Promise<Status> {
  return (JSON.parse(await queue('status', '--json')) as { facts: Status }).facts;
}

/** The name of the clip that was submitted last. */
async function lastClip(): Promise<string> {
  return (await book.clips()).at(-1)!.id;
}

async function untilState(id: string, state: string): Promise<void> {
  for (let i = 0; i < 3000 && (await book.state(id)) !== state; i++) await sleep(20);
  assert.equal(await book.state(id), state, worker.said());
}

test(
  'a clip that nobody serves waits; a run without the queue is told who has it',
  { skip: withoutRedis },
  async () => {
    const run = job.submit(redis.url, 'out.mp4', ['--detach']);
    assert.equal((await run.done).code, 0, run.said());
    const id = await lastClip();
    assert.match(
      run.said(),
      new RegExp(`in the queue as ${id}. Come back with: vsr queue watch ${id}`),
    );
    const { clips, lanes } = await status();
    assert.deepEqual([clips.length, clips[0]!.state, clips[0]!.done], [1, 'open', 0]);
    assert.deepEqual([lanes[0]!.workers, lanes[0]!.waiting], [0, 3]);
    const output = path.join(job.media, 'out.mp4');
    const alone = await runVsr('upscale', job.clip, '-o', output, ...job.options);
    assert.match(
      alone.stderr,
      new RegExp(`is being made by the queue .* vsr queue cancel ${id} --queue`),
    );
    assert.equal(alone.code, 1);
  },
);

test(
  'a hole in a flow fails the join, and submitting again fills it',
  { skip: withoutRedis },
  async () => {
    const id = await lastClip();
    const { fingerprint } = (await book.clip(id))!;
    const jobs = connection.queue(queueName(fingerprint));
    const join = await jobs.getJob(`${id}-join`);
    await join!.removeUnprocessedChildren();
    worker = await job.worker(redis.url, [], { VSR_FFMPEG: await gatedFfmpeg() });
    await untilState(id, 'failed');
    assert.match(
      (await book.clip(id))!.cause!,
      /Expected all 3 segments .* but 3 are not there whole/,
    );
    assert.equal(existsSync(path.join(job.media, 'out.mp4')), false);
    const again = job.submit(redis.url, 'out.mp4');
    assert.equal((await again.done).code, 0, again.said());
    await job.checkSame('out.mp4');
  },
);

test(
  'a clip is cancelled, goes on without the queue or by retry, and is forgotten',
  { skip: withoutRedis },
  async () => {
    // No segment is finished before the clip is cancelled.
    await writeFile(gate, '');
    const seen = worker.said().length;
    const run = job.submit(redis.url, 'cancelled.mp4');
    await worker.until(new RegExp(`^[^]{${seen}}[^]*segments? \\d`));
    const id = await lastClip();
    await queue('cancel', id);
    await rm(gate);
    assert.equal((await run.done).code, 1);
    assert.match(run.said(), /cancelled in the queue/);
    const work = path.join(job.media, 'cancelled.mp4.vsr-work', 'queue.json');
    for (let i = 0; i < 500 && !/"released": true/.test(await readFile(work, 'utf8')); i++)
      await sleep(20);
    await queue('retry', id);
    await untilState(id, 'done');
    await job.checkSame('cancelled.mp4');
    const entry = (await book.clip(id))!;
    await book.open(entry);
    assert.equal(await book.end(id, 'cancelled', null), true);
    assert.equal(
      await book.end(id, 'done', null),
      true,
      'its join had ended before it was stopped',
    );
    assert.equal(await book.end(id, 'cancelled', null), false);
    const late = await runVsr('queue', 'cancel', id, '--queue', redis.url);
    assert.deepEqual([late.code, /nothing to cancel/.test(late.stderr)], [2, true], late.stderr);
    await queue('remove', id);
    assert.equal(await book.clip(id), null);
    assert.match(await queue('metrics'), /vsr_queue_workers\{fingerprint="[0-9a-f]{12}"\} 1\n/);
    assert.match(await queue('workers'), /vm|:\d+ .* m /);
  },
);

test(
  'a paused queue begins nothing, and Ctrl-C leaves a clip in it',
  { skip: withoutRedis },
  async () => {
    await queue('pause');
    const run = job.submit(redis.url, 'paused.mp4');
    await run.until(/0\/48 frames/);
    const id = await lastClip();
    run.child.kill('SIGINT');
    assert.equal((await run.done).code, 130);
    assert.match(
      run.said(),
      new RegExp(`in the queue as ${id}. Come back with: vsr queue watch ${id}`),
    );
    assert.equal((await status()).clips.find((clip) => clip.id === id)!.done, 0);
    await queue('resume');
    assert.match((await runVsr('queue', 'watch', id, '--queue', redis.url)).stderr, /: done/);
    await job.checkSame('paused.mp4');
  },
);

test('jobs of strangers are refused, and touch nothing', { skip: withoutRedis }, async () => {
  const { lanes } = await status();
  const jobs = connection.queue(queueName(lanes[0]!.fingerprint.id));
  const outside = path.join(folder, 'outside');
  await symlink(folder, path.join(job.media, 'link'));
  const good = {
    clip: 'a'.repeat(12),
    input: { root: 'm', path: 'clip.mp4' },
    output: { root: 'm', path: 'stranger.mp4' },
    ...{ job: 'b'.repeat(64), from: 0, to: 1, share: null },
  };
  const stored = storedPayload(good);
  // The claim of another clip, and a wish that a stranger has changed.
  const run = job.submit(redis.url, 'stranger.mp4', ['--detach']);
  await queue('pause');
  assert.equal((await run.done).code, 0, run.said());
  const claimed = await lastClip();
  const claimFile = path.join(job.media, 'stranger.mp4.vsr-work', 'queue.json');
  const claim = await readFile(claimFile, 'utf8');
  const hostile: readonly (readonly [string, object, RegExp])[] = [
    ['segments', { ...stored, input: '../whole.mp4' }, /without \. and \.\./],
    ['segments', { ...stored, output: '/etc/out.mp4' }, /without \. and \.\./],
    ['segments', { ...stored, input: 'link/whole.mp4' }, /no link leads out/],
    ['join', { ...stored, output: 'link/outside/out.mp4' }, /no link leads out/],
    ['segments', { ...stored, root: 'other' }, /one of the roots of this worker/],
    ['segments', stored, /is for another clip of the queue/],
    [
      'segments',
      { ...stored, clip: claimed },
      /Expected the job bbbbbbbbbbbb .* but this machine plans/,
    ],
    [
      'join',
      { ...stored, clip: claimed },
      /Expected the job bbbbbbbbbbbb .* but this machine plans/,
    ],
    ['release', { ...stored, output: '../x.mp4' }, /without \. and \.\./],
    ['delete', stored, /There is no kind of job delete/],
    ['segments', { v: 9 }, /Expected one of 1 for "v"/],
  ];
  const before = (await readdir(job.media)).sort();
  const added = [];
  for (const [name, data] of hostile) added.push(await jobs.add(name, data, { priority: 1 }));
  await queue('resume');
  for (const [i, one] of added.entries()) {
    for (let n = 0; n < 1500 && !(await one.isFailed()); n++) await sleep(20);
    const { failedReason } = (await jobs.getJob(one.id!))!;
    assert.match(failedReason ?? 'it did not fail', hostile[i]![2], hostile[i]![0]);
  }
  await untilState(claimed, 'done');
  await job.checkSame('stranger.mp4');
  assert.equal(existsSync(outside), false);
  assert.ok(before.includes('stranger.mp4.vsr-work'));
  // Arguments for the encoder are taken only by those who say so.
  const args = job.submit(redis.url, 'args.mp4', ['--ffmpeg-args', '-tune film']);
  assert.equal((await args.done).code, 1);
  assert.match(args.said(), /which this worker does not take. Start it with --allow-ffmpeg-args/);
  // A claim that a stranger has changed comes to another job.
  await rm(path.join(job.media, 'args.mp4.vsr-work'), { recursive: true });
  await queue('pause');
  const changed = job.submit(redis.url, 'changed.mp4', ['--detach']);
  assert.equal((await changed.done).code, 0, changed.said());
  const file = path.join(job.media, 'changed.mp4.vsr-work', 'queue.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/"crf": null/, '"crf": 40'));
  await queue('resume');
  const id = await lastClip();
  await untilState(id, 'failed');
  assert.match((await book.clip(id))!.cause!, /but this machine plans/);
  assert.ok(claim.includes('"wish"'));
});
