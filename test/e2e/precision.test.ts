import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { ffmpegRun } from '../support/enlarge.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
before(async () => {
  const encode = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', at('clip.mp4')];
  await ffmpegRun('-f', 'lavfi', '-i', 'testsrc2=s=48x32:r=10:d=0.4', ...encode);
});

type Summary = {
  outcomes: {
    summary: {
      precision: string;
      provider: string;
      model: { passes: { name: string }[] };
      psnr: { psnrToSourceY: { mean: number } };
    };
  }[];
};

async function enlarged(
  output: string,
  ...args: string[]
): Promise<Summary['outcomes'][0]['summary']> {
  const run = await runVsr('upscale', at('clip.mp4'), '-o', at(output), '--json', ...args);
  assert.equal(run.code, 0, run.stderr);
  return (JSON.parse(run.stdout) as Summary).outcomes[0]!.summary;
}

test('int8 runs the 8-bit copies, at 4x too, and the sidecar says what ran', async () => {
  const model = ['-s', '4', '-m', 'espcn-16-x2'];
  const float = await enlarged('float.mkv', ...model, '--provider', 'cpu');
  const whole = await enlarged('int8.mkv', ...model, '--precision', 'int8');
  assert.equal(float.precision, 'fp32');
  assert.deepEqual([whole.precision, whole.provider], ['int8', 'cpu']);
  const names = whole.model.passes.map(({ name }) => name);
  assert.deepEqual(names, ['espcn-16-int8-x2', 'espcn-16-int8-x2']);
  const [a, b] = [float.psnr.psnrToSourceY.mean, whole.psnr.psnrToSourceY.mean];
  assert.notEqual(a, b);
  assert.ok(Math.abs(a - b) < 1, `${a} and ${b} dB to the source`);
});

test('the model for compressed clips has its 8-bit copy, and the line at the end names the precision', async () => {
  const run = await runVsr('upscale', at('clip.mp4'), '--precision', 'int8', '--no-log');
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /fps, cpu int8\)/);
});

test('a precision that cannot be had is a wrong call, before anything is written', async () => {
  const before = await readdir(folder);
  for (const [args, message] of [
    [['--precision', 'fp16', '--provider', 'cpu'], /Half precision is for GPUs/],
    [['--precision', 'fp32', '-m', 'espcn-16-int8-x2'], /Its original is espcn-16-x2/],
    [['--precision', 'fp64'], /fp32, fp16, int8/],
  ] as const) {
    const run = await runVsr('upscale', at('clip.mp4'), '-o', at('never.mkv'), ...args);
    assert.equal(run.code, 2, run.stderr);
    assert.match(run.stderr, message);
  }
  assert.deepEqual(await readdir(folder), before);
});
