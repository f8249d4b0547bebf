import assert from 'node:assert/strict';
import net from 'node:net';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockMs, makeQueueJob, type QueueJob } from '../support/queue-job.js';
import type { Vsr } from '../support/run-vsr.js';
import { freePort, startRedis, withoutRedis, type TestRedis } from '../support/redis.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/*
 * What the failure table of docs/many-machines.md promises: workers and Redis are killed, frozen
 * and cut off in the middle of a segment, and the result is always that of one machine.
 */

const folder = temporaryFolder();
let redis: TestRedis;
let job: QueueJob;
const running = new Set<Vsr>();

before(async () => {
  if (withoutRedis !== false) return;
  redis = await startRedis({ log: true });
  job = await makeQueueJob(folder, 2);
});
after(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await redis?.[Symbol.asyncDispose]();
});

async function worker(url = redis.url, more: readonly string[] = []): Promise<Vsr> {
  const started = await job.worker(url, more);
  running.add(started);
  return started;
}

async function kill(victim: Vsr): Promise<void> {
  victim.child.kill('SIGKILL');
  await victim.done;
  running.delete(victim);
}

async function finished(run: Vsr, output: string): Promise<void> {
  assert.equal((await run.done).code, 0, run.said());
  await job.checkSame(output);
}

/** What a worker says when it begins the segments of the run that is now submitted. */
const begun = /segments? \d[^\n]*\n(?![^]*done in)/;

test(
  'a worker frozen beyond its lock wakes after the join, and changes nothing',
  { skip: withoutRedis },
  async () => {
    const frozen = await worker();
    const run = job.submit(redis.url, 'frozen.mp4');
    await frozen.until(begun);
    frozen.child.kill('SIGSTOP');
    const other = await worker();
    await finished(run, 'frozen.mp4');
    assert.match(other.said(), /joining/);
    frozen.child.kill('SIGCONT');
    await frozen.until(/given back: its lock was lost|done in|failed/);
    await sleep(500);
    await job.checkSame('frozen.mp4');
    await kill(other);
    await kill(frozen);
  },
);

test(
  'a worker killed in the middle of a segment costs its lock’s time',
  { skip: withoutRedis },
  async () => {
    const victim = await worker();
    const run = job.submit(redis.url, 'killed.mp4');
    await victim.until(begun);
    await kill(victim);
    await worker();
    await finished(run, 'killed.mp4');
  },
);

test(
  'Redis is killed and comes back with its log: everybody goes on',
  { skip: withoutRedis },
  async () => {
    const [one] = running;
    const run = job.submit(redis.url, 'redis.mp4');
    const before = one!.said().length;
    await one!.until(new RegExp(`^[^]{${before}}[^]*segments? \\d`));
    await redis.kill();
    await sleep(1000);
    await redis.start();
    await finished(run, 'redis.mp4');
  },
);

test(
  'Redis comes back empty: what is waited for is submitted again',
  { skip: withoutRedis },
  async () => {
    const [one] = running;
    const run = job.submit(redis.url, 'empty.mp4');
    const before = one!.said().length;
    await one!.until(new RegExp(`^[^]{${before}}[^]*segments? \\d`));
    await redis.kill();
    await redis.start('empty');
    await run.until(/has lost .* it is submitted again/);
    await finished(run, 'empty.mp4');
  },
);

test(
  'a worker whose connections go silent loses its job, and works again later',
  { skip: withoutRedis },
  async () => {
    for (const each of running) await kill(each);
    /** Stands between a worker and Redis; what comes through a silent connection vanishes. */
    const pairs = new Set<readonly net.Socket[]>();
    const silent = new Set<readonly net.Socket[]>();
    const proxy = net.createServer((near) => {
      const far = net.connect(redis.port, '127.0.0.1');
      const pair = [near, far] as const;
      pairs.add(pair);
      near.on('data', (data) => silent.has(pair) || far.write(data));
      far.on('data', (data) => silent.has(pair) || near.write(data));
      for (const end of pair)
        end.on('error', () => {}).on('close', () => pair.forEach((one) => one.destroy()));
    });
    const port = await freePort();
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
    try {
      const cut = await worker(`redis://127.0.0.1:${port}`);
      const run = job.submit(redis.url, 'silent.mp4');
      await cut.until(begun);
      for (const pair of pairs) silent.add(pair);
      const other = await worker();
      await finished(run, 'silent.mp4');
      await kill(other);
      await sleep(lockMs);
      await finished(job.submit(redis.url, 'again.mp4'), 'again.mp4');
    } finally {
      proxy.close();
      for (const pair of pairs) pair.forEach((end) => end.destroy());
    }
  },
);

test(
  'a worker that is asked to end while Redis goes or is away ends',
  { skip: withoutRedis },
  async () => {
    // It notices within milliseconds that Redis is away; the request to end comes before and after.
    for (const [beforeKill, afterKill] of [
      [0, 0],
      [100, 0],
      [100, 2],
      [0, 300],
    ] as const) {
      const one = await worker();
      await sleep(beforeKill);
      const killed = redis.kill();
      if (afterKill > 0) await killed;
      await sleep(afterKill);
      one.child.kill('SIGTERM');
      const ended = await Promise.race([one.done, sleep(20_000, 'still runs' as const)]);
      assert.equal(ended === 'still runs' ? ended : ended.code, 0, one.said());
      running.delete(one);
      await killed;
      await redis.start();
    }
  },
);
