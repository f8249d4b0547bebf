import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { after, before } from 'node:test';
import sharp from 'sharp';
import type { Sidecar } from '../../src/metrics/sidecar.js';
import { makeQueueJob, startCommand, type QueueJob } from '../support/queue-job.js';
import { startRedis, withoutRedis, type TestRedis } from '../support/redis.js';
import { runVsr, type Vsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const running: Vsr[] = [];
let redis: TestRedis;
let job: QueueJob;
/** Black on the left, white on the right, with a slope between. */
let mask: string;
/** What one machine makes with the mask: the clip and its log. */
let alone: Buffer[];

const madeAs = (file: string): Promise<Buffer[]> =>
  Promise.all([file, `${file}.psnr.csv`].map((each) => readFile(each)));

before(async () => {
  if (withoutRedis !== false) return;
  redis = await startRedis();
  job = await makeQueueJob(folder, 2);
  mask = path.join(job.media, 'mask.png');
  const [width, height] = [64, 48];
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.min(255, Math.max(0, 16 * ((i % width) - 24))),
  );
  await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(mask);
  const whole = path.join(folder, 'masked.mp4');
  const words = ['upscale', job.clip, '-o', whole, ...job.options, '--mask', mask, '-q'];
  const run = await runVsr(...words);
  assert.equal(run.code, 0, run.stderr);
  alone = await madeAs(whole);
  assert.notDeepEqual(alone, await madeAs(path.join(folder, 'whole.mp4')), 'the mask shows');
});
after(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await redis?.[Symbol.asyncDispose]();
});

/** Fails unless `output` and its log are those of one machine, and the sidecar names the mask. */
async function checkMasked(output: string): Promise<void> {
  const file = path.join(job.media, output);
  const [clip, log] = await madeAs(file);
  assert.ok(clip!.equals(alone[0]!), 'the clip is that of one machine');
  assert.ok(log!.equals(alone[1]!), 'the log is that of one machine');
  const sidecar = JSON.parse(await readFile(`${file}.vsr.json`, 'utf8')) as Sidecar;
  assert.equal(sidecar.mask, mask);
}

test(
  'workers of a queue mask a clip as one machine does, to the byte',
  { skip: withoutRedis },
  async () => {
    const workers = [await job.worker(redis.url), await job.worker(redis.url)];
    running.push(...workers);
    const run = job.submit(redis.url, 'queued.mp4', ['--mask', mask]);
    running.push(run);
    assert.equal((await run.done).code, 0, run.said());
    assert.match(run.said(), /mask mask\.png: the network makes \d\d % of the picture/);
    await checkMasked('queued.mp4');
    for (const { child } of workers) child.kill('SIGTERM');
    await Promise.all(workers.map(({ done }) => done));
  },
);

test(
  'a worker that shares no folder gets the mask with the clip',
  { skip: withoutRedis },
  async () => {
    const worker = startCommand(['worker', '--queue', redis.url, '--workers', '1']);
    running.push(worker);
    await worker.until(/ready as/);
    const place = ['upscale', job.clip, '-o', path.join(job.media, 'shared.mp4'), ...job.options];
    const queue = ['--queue', redis.url, '--share', '127.0.0.1'];
    const run = startCommand([...place, ...queue, '--mask', mask]);
    running.push(run);
    assert.equal((await run.done).code, 0, run.said());
    await checkMasked('shared.mp4');
  },
);
