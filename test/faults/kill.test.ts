import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import test, { before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { random } from '../support/random-model.js';
import type { Vsr } from '../support/run-vsr.js';
import { openJob, type FaultJob } from './job.js';
import { tried } from './tried.js';
import {
  isWhole,
  lastingStrays,
  segmentsDone,
  skip,
  startAndSignal,
  startUpscale,
  until,
} from './vsr-process.js';

let job: FaultJob;
before(async () => {
  if (skip === false) job = await openJob(isWhole ? 20 : 6);
});

const kills = isWhole ? 50 : 4;

/** Moments near the end that a random time seldom meets. */
const lateMoments = (output: string): Readonly<Record<string, () => boolean>> => {
  const work = `${output}.vsr-work`;
  const holds = (name: RegExp) => (): boolean =>
    existsSync(work) && readdirSync(work).some((file) => name.test(file));
  return {
    'the first segment is done': holds(/^seg-00000\.json$/),
    'the joined file appears': holds(/^joined\.\d+\.mp4$/),
    'the output is sealed': holds(/^sealed\.vsr\.json$/),
    'the output has its name': () => existsSync(output),
  };
};

test(
  `kill -9 of vsr, ${kills} times at any moment: resumed, the output is the undisturbed one`,
  { skip },
  async (t) => {
    const { args, output, clip } = await job.fresh('kill');
    const next = random(7);
    let killed = 0;
    let jobs = 0;
    let kept = 0;
    const kill = async (vsr: Vsr): Promise<void> => {
      kept = Math.max(kept, segmentsDone(output).length);
      vsr.child.kill('SIGKILL');
      killed++;
      await vsr.done;
    };
    const finish = async (): Promise<void> => {
      await job.goOn(args, output);
      jobs++;
      for (const name of ['', '.psnr.csv', '.vsr.json']) await rm(output + name);
    };
    for (const [moment, come] of Object.entries(lateMoments(output))) {
      const vsr = startUpscale(args);
      if ((await until(vsr, come)) === null) continue;
      await kill(vsr);
      t.diagnostic(`killed when ${moment}`);
    }
    await finish();
    let open = false;
    while (killed < kills) {
      const vsr = startUpscale(args);
      const ended = await Promise.race([vsr.done, delay(200 + (next() + 0.5) * 4000)]);
      open = ended === undefined;
      if (open) await kill(vsr);
      else await finish();
    }
    if (open) await finish();
    assert.deepEqual(await lastingStrays(clip.replace(/\/[^/]*$/, '')), []);
    tried(t, 'kill -9 of vsr', killed);
    t.diagnostic(`${killed} kills over ${jobs} jobs, up to ${kept} segments kept; nothing lost`);
  },
);

for (const [what, sign] of [
  ['decoder', ' pipe:1'],
  ['encoder', 'enc_time_base'],
] as const) {
  test(
    `kill -9 of the ${what}: a clear error, and the same command goes on`,
    { skip },
    async (t) => {
      const { args, output } = await job.fresh(what);
      const vsr = await startAndSignal(args, output, { sign, signal: 'SIGKILL' });
      const { code, stderr } = await vsr.done;
      assert.equal(code, 1, stderr);
      assert.match(stderr, /SIGKILL/);
      await job.checkNothing(output);
      const kept = segmentsDone(output).length;
      assert.ok(kept > 0, 'finished segments are kept');
      await job.goOn(args, output);
      tried(t, `kill -9 of the ${what}`);
      t.diagnostic(`${kept} segments kept`);
    },
  );
}

test(
  'an inference thread that dies: a clear error, and the same command goes on',
  { skip },
  async (t) => {
    const { args, output } = await job.fresh('thread');
    const preload = `import { isMainThread } from 'node:worker_threads';
    if (!isMainThread) setTimeout(() => process.exit(7), 400);`;
    const { code, stderr } = await startUpscale(args, { preload }).done;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /inference thread stopped: it ended with exit code 7/);
    await job.checkNothing(output);
    await job.goOn(args, output);
    tried(t, 'inference thread that dies');
  },
);
