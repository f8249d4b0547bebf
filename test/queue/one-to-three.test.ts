import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { makeQueueJob, startCommand, type QueueJob } from '../support/queue-job.js';
import type { Vsr } from '../support/run-vsr.js';
import { startRedis, withoutRedis, type TestRedis } from '../support/redis.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const password = 'hush-hush';
let redis: TestRedis;
let job: QueueJob;
const workers: Vsr[] = [];

before(async () => {
  if (withoutRedis !== false) return;
  redis = await startRedis({ words: ['--requirepass', password] });
  job = await makeQueueJob(folder, 2);
});
after(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await redis?.[Symbol.asyncDispose]();
});

const secret = { VSR_QUEUE_PASSWORD: password };
/**
 * Puts a program in the place of `real`, which it runs, and writes down with which words: that of
 * everybody else here, since others would make other bytes.
 */
function loggedProgram(name: string, real: string, calls: string): string {
  const file = path.join(folder, name);
  const note = `echo "$(printf '%s ' "$@" | tr '\\n' ' ')" >> '${calls}'`;
  writeFileSync(file, `#!/bin/sh\n${note}\nexec '${real}' "$@"\n`, { mode: 0o755 });
  return file;
}

const submitted = (output: string): Vsr => {
  const at = `redis://:${password}@127.0.0.1:${redis.port}`;
  return job.submit(at, output, ['--priority', 'interactive']);
};

test(
  'one, two and three workers make the bytes of one machine',
  { skip: withoutRedis },
  async () => {
    const calls = path.join(folder, 'calls.txt');
    const counted = {
      VSR_FFMPEG: loggedProgram('ffmpeg', process.env['VSR_FFMPEG'] ?? 'ffmpeg', calls),
      VSR_FFPROBE: loggedProgram('ffprobe', process.env['VSR_FFPROBE'] ?? 'ffprobe', calls),
    };
    for (const count of [1, 2, 3]) {
      const first = count === 1 ? counted : {};
      workers.push(await job.worker(redis.url, [], { ...secret, ...first }));
      const output = `out${count}.mp4`;
      const run = submitted(output);
      assert.equal((await run.done).code, 0, run.said());
      assert.match(run.said(), /done, 48 frames/);
      await job.checkSame(output);
      if (count > 1) continue;
      // As one machine does it: what each run began anew would cost more than a small segment.
      const called = readFileSync(calls, 'utf8').split('\n');
      const times = (word: RegExp): number => called.filter((line) => word.test(line)).length;
      assert.equal(times(/showinfo.* pipe:1/), 1, 'one decoder for all runs of segments');
      assert.equal(times(/show_chapters.*clip\.mp4/), 1, 'one plan for all runs and the join');
    }
    const busy = workers.filter(({ said }) => /segments? \d/.test(said()));
    assert.ok(busy.length >= 2, 'more than one worker made segments');
    // What is finished is not submitted again.
    const again = submitted('out3.mp4');
    assert.equal((await again.done).code, 0, again.said());
    assert.match(again.said(), /skipped/);
  },
);

test('no password is in what processes say or show of themselves', { skip: withoutRedis }, () => {
  for (const { child, said } of workers) {
    assert.doesNotMatch(said(), new RegExp(password));
    const shown = readFileSync(`/proc/${child.pid}/cmdline`, 'latin1');
    assert.doesNotMatch(shown, new RegExp(password));
  }
  const run = submitted('never.mp4');
  return run
    .until(/clip\.mp4 \(64x48\)/)
    .then(() => {
      const shown = execFileSync('ps', ['-o', 'args=', '-p', String(run.child.pid)]).toString();
      assert.match(shown, /redis:\/\/:\*\*\*@|redis:\/\/127/);
      assert.doesNotMatch(shown, new RegExp(password));
    })
    .finally(() => run.child.kill('SIGKILL'));
});

test(
  'a worker that is asked to end does so, and strikes itself off',
  { skip: withoutRedis },
  async () => {
    const [first] = workers;
    first!.child.kill('SIGTERM');
    assert.equal((await first!.done).code, 0);
  },
);

test('a wrong call is refused before anything is done', { skip: withoutRedis }, async () => {
  const { url } = redis;
  const media = path.dirname(job.clip);
  const calls: readonly (readonly [string[], RegExp, number])[] = [
    [['upscale', job.clip, '--root', `m=${media}`], /Expected --queue with --root/, 2],
    [['worker', '--queue', url], /cannot be reached: NOAUTH.* VSR_QUEUE_PASSWORD/, 1],
  ];
  for (const [args, message, code] of calls) {
    const run = await runVsr(...args);
    assert.match(run.stderr, message);
    assert.equal(run.code, code, args.join(' '));
  }
  const at = `redis://:${password}@127.0.0.1:${redis.port}`;
  const outside = await runVsr(
    'upscale',
    path.join(folder, 'whole.mp4'),
    '--queue',
    at,
    '--root',
    `m=${media}`,
  );
  assert.match(outside.stderr, /Expected the input .* to lie under a root/);
  assert.equal(outside.code, 2);
});

test('a job on one machine loads nothing of a queue', async () => {
  const clip = path.join(folder, 'media', 'clip.mp4');
  const loaded = startCommand(['upscale', clip, '--dry-run'], {
    env: { NODE_DEBUG: 'esm,module' },
  });
  await loaded.done;
  assert.match(loaded.said(), /commander/, 'what is loaded is told');
  assert.doesNotMatch(loaded.said(), /node_modules\/(bullmq|ioredis)/);
});
