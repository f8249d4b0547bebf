import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import type { JobPlan } from '../../../../src/upscale/plan/job-plan.js';
import { ffmpegRun } from '../../../support/enlarge.js';
import { planOf } from '../../../support/plan-of.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const clip = path.join(temporaryFolder(), 'clip.mkv');
let usual: JobPlan;
before(async () => {
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=10:d=1', '-f', 'lavfi', '-i', 'sine=d=1'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', clip);
  usual = await planOf(clip);
});

test('a plan says where everything goes and how large it becomes, and nothing is written', () => {
  const beside = path.join(path.dirname(clip), 'clip.x2.mkv');
  assert.deepEqual(usual.paths, {
    output: beside,
    log: `${beside}.psnr.csv`,
    sidecar: `${beside}.vsr.json`,
    workFolder: `${beside}.vsr-work`,
  });
  assert.deepEqual(
    [usual.enlarged, usual.size].map(({ width, height }) => [width, height]),
    [
      [192, 128],
      [192, 128],
    ],
  );
  assert.deepEqual(usual.chain.names, ['espcn-16-lite-x2']);
  assert.deepEqual(usual.range, {});
  assert.ok(usual.estimatedBytes > 0);
});

test('a size that is asked for takes the smallest scale that reaches it, and is reduced to', async () => {
  const plan = await planOf(clip, { to: '240x160' });
  assert.deepEqual([plan.chain.scale, plan.enlarged.width, plan.size.width], [4, 384, 240]);
  assert.equal(path.basename(plan.paths.output), 'clip.x240x160.mkv');
});

test('equal jobs have equal hashes; what changes the result changes it, what does not does not', async () => {
  const same = {
    workers: 3,
    report: true,
    restart: true,
    allowDamaged: true,
    stallTimeoutMs: 5000,
    // Nothing is averaged where no network for compressed sources runs.
    steady: 'off',
  } as const;
  assert.equal((await planOf(clip, same)).job, usual.job);
  const hashes = new Set([usual.job]);
  for (const other of [
    { crf: 20 },
    { frames: 5 },
    { start: 0.5 },
    { chroma: 'guided' },
    { precision: 'fp32' },
    { audio: 'none' },
    { log: false },
    { model: 'espcn-16-x2' },
    { pixelFormat: 'yuv444p' },
    { model: 'espcn-16-codec-x2' },
    { model: 'espcn-16-codec-x2', steady: 'off' },
  ] as const) {
    hashes.add((await planOf(clip, other)).job);
  }
  assert.equal(hashes.size, 12);
});

test('what of the settings decides the result is what the sidecar keeps', async () => {
  const { deciding } = await planOf(clip, { start: 0.2, frames: 3, subs: 'none' });
  const { scale, start, end, frames, subs, audio, container } = deciding;
  assert.deepEqual(
    { scale, start, end, frames, subs, audio, container },
    {
      scale: 2,
      start: 0.2,
      end: null,
      frames: 3,
      subs: 'none',
      audio: undefined,
      container: 'matroska',
    },
  );
});
