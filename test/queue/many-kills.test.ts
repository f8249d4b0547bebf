import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { tried } from '../faults/tried.js';
import { isWhole } from '../faults/vsr-process.js';
import { makeQueueJob } from '../support/queue-job.js';
import type { Vsr } from '../support/run-vsr.js';
import { startRedis, withoutRedis } from '../support/redis.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const skip =
  withoutRedis === false && !isWhole ? 'takes minutes: npm run test:faults -- queue' : withoutRedis;

/** Kills over one flow; every fifth is the server's. */
const kills = 50;

/** Runs of segments that workers have said they begin. */
const begunIn = (said: string): number =>
  said
    .split('\n')
    .filter((line) => /segments? \d+/.test(line) && !/: (done|given|failed)/.test(line)).length;

test(`${kills} kills of workers and Redis over one flow lose nothing`, { skip }, async (t) => {
  await using redis = await startRedis({ log: true, words: ['--appendfsync', 'always'] });
  const job = await makeQueueJob(folder, 75);
  const names = [0, 1];
  const workers = new Map<number, Vsr>();
  const said: string[] = [];
  const start = async (name: number): Promise<void> => {
    workers.set(name, await job.worker(redis.url, ['--drain', 'giveback']));
  };
  await Promise.all(names.map(start));
  const run = job.submit(redis.url, 'out.mp4');
  let over = false;
  void run.done.then(() => (over = true));
  let killed = 0;
  try {
    for (; killed < kills && !over; killed++) {
      if (killed % 5 === 4) {
        await redis.kill();
        await sleep(300);
        await redis.start();
      } else {
        const name = killed % 2;
        const victim = workers.get(name)!;
        const seen = victim.said().length;
        // In the middle of something, wherever that is.
        await Promise.race([victim.until(new RegExp(`^[^]{${seen}}[^]*segment`)), run.done]);
        victim.child.kill('SIGKILL');
        await victim.done;
        said.push(victim.said());
        await start(name);
      }
    }
    assert.equal((await run.done).code, 0, run.said());
    await job.checkSame('out.mp4');
    const runs = begunIn(
      [...said, ...[...workers.values()].map((worker) => worker.said())].join('\n'),
    );
    const status = await runVsr('queue', 'status', '--json', '--queue', redis.url);
    const { facts } = JSON.parse(status.stdout) as { facts: { clips: { runs: unknown[] }[] } };
    const all = facts.clips[0]!.runs.length;
    assert.ok(all > 30, `${all} runs`);
    // A kill costs the run of the one that was killed; one of the server's, those of both.
    assert.ok(runs <= all + 2 * killed, `${runs} runs were begun for ${all} and ${killed} kills`);
    assert.ok(killed >= kills / 2, `only ${killed} kills came before the end`);
  } finally {
    run.child.kill('SIGKILL');
    for (const { child } of workers.values()) child.kill('SIGKILL');
  }
  tried(t, 'a worker or Redis killed in the middle of a flow', killed);
});
