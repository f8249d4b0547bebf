import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import type { ModelCard } from '../../src/model/catalogue/card.js';
import { readCheckpoint } from '../../src/training/saved/checkpoint.js';
import { onlyInLongForm } from '../support/long-form.js';
import { quickTraining } from '../support/quick-training.js';
import { runVsr, startVsr, type VsrRun } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeWaves } from '../support/waves.js';

const folder = temporaryFolder();

const train = (out: string, ...more: string[]): Promise<VsrRun> =>
  runVsr('train', '--out', path.join(folder, out), ...quickTraining, ...more);

/** Pictures of more than a megabyte, made once: with `--memory 1` they come in windows. */
async function morePictures(): Promise<string> {
  const more = path.join(folder, 'more');
  if (!existsSync(more)) {
    await mkdir(more);
    for (let i = 0; i < 12; i++) await writeWaves(path.join(more, `${i}.png`), i, 400);
  }
  return more;
}

test('SIGINT while pictures are read ends the run before its first step', async () => {
  const many = path.join(folder, 'many');
  await mkdir(many);
  for (let i = 0; i < 6; i++) await writeWaves(path.join(many, `${i}.png`), i, 1500);
  for (let i = 6; i < 60; i++)
    await copyFile(path.join(many, '0.png'), path.join(many, `${i}.png`));
  const out = path.join(folder, 'loading.onnx');
  const words = ['train', '--data', many, '--out', out, ...quickTraining, '--steps', '100000'];
  const run = startVsr(words);
  // The plan is told just before the pictures are read.
  await run.until(/files to train/);
  run.child.kill('SIGINT');
  const { code, stderr } = await run.done;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Stopped while pictures were made ready, before the first step/);
});

test('SIGINT while the next pictures are awaited writes a checkpoint and ends the run', async () => {
  const { ffmpeg } = await locateFfmpeg();
  const [hold, held] = [path.join(folder, 'hold'), path.join(folder, 'held')];
  // An ffmpeg that never comes back once told so, as on a disk that hangs.
  const slow = path.join(folder, 'slow-ffmpeg');
  const script = `#!/bin/sh\nif [ -e '${hold}' ]; then touch '${held}'; exec sleep 120; fi\nexec '${ffmpeg}' "$@"\n`;
  await writeFile(slow, script, { mode: 0o755 });
  const out = path.join(folder, 'awaiting.onnx');
  const words = ['train', '--data', await morePictures(), '--out', out, ...quickTraining];
  const more = ['--memory', '1', '--batch', '64', '--degrade', 'codec', '--steps', '1000000'];
  const { child, done } = startVsr([...words, ...more], { env: { VSR_FFMPEG: slow } });
  const metrics = path.join(`${out}.train`, 'metrics.csv');
  const rows = () => (existsSync(metrics) ? readFileSync(metrics, 'utf8').length : 0);
  while (rows() === 0 && child.exitCode === null) await pause(20);
  await writeFile(hold, '');
  while (!existsSync(held) && child.exitCode === null) await pause(20);
  // Steps go on until the pictures at hand are used up.
  for (let before = -1; rows() !== before;) {
    before = rows();
    await pause(1500);
  }
  child.kill('SIGINT');
  const { code, stderr } = await done;
  assert.equal(code, 130, stderr);
  const { step } = await readCheckpoint(path.join(`${out}.train`, 'checkpoint.bin'));
  assert.match(stderr, new RegExp(`Stopped after step ${step};`));
});

test('a second SIGINT ends a training at once, with the exit code that is due', async () => {
  for (const ms of [2, 15, 40]) {
    const out = path.join(folder, `twice-${ms}.onnx`);
    const words = ['train', '--data', await morePictures(), '--out', out, ...quickTraining];
    const run = startVsr([...words, '--steps', '1000000']);
    await run.until(/step 10:/);
    run.child.kill('SIGINT');
    await pause(ms);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.done;
    assert.equal(code, 130, stderr);
  }
});

for (const expand of ['0', '16']) {
  const options = { skip: expand === '0' && onlyInLongForm };
  test(
    `a run killed and resumed ends with the weights of an unbroken one, bit for bit (--expand ${expand})`,
    options,
    async () => {
      const [unbroken, killed] = [`whole-${expand}`, `broken-${expand}`];
      // Pictures that do not all fit: the windows have to go on as well.
      const steps = [
        ...['--steps', '200', '--memory', '1', '--batch', '64', '--data', await morePictures()],
        ...['--expand', expand],
      ];
      assert.equal((await train(`${unbroken}.onnx`, ...steps)).code, 0);
      const out = path.join(folder, `${killed}.onnx`);
      const words = ['train', '--out', out, ...quickTraining, ...steps];
      const { child, done } = startVsr(words);
      const checkpoint = path.join(folder, `${killed}.onnx.train`, 'checkpoint.bin');
      while (!existsSync(checkpoint)) await pause(10);
      child.kill('SIGKILL');
      await done;
      const { step } = await readCheckpoint(checkpoint);
      assert.ok(step < 200, `killed at step ${step}, too late to show anything`);
      const { code, stderr } = await train(`${killed}.onnx`, ...steps, '--resume');
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`going on after step ${step}`));
      const files = [`${unbroken}.onnx`, `${killed}.onnx`];
      const [whole, broken] = await Promise.all(
        files.map((name) => readCheckpoint(path.join(folder, `${name}.train`, 'checkpoint.bin'))),
      );
      assert.deepEqual(broken, whole);
      assert.ok(whole!.windowStart > 0, 'a second window of pictures was drawn from');
      const csv = await readFile(path.join(folder, `${killed}.onnx.train`, 'metrics.csv'), 'utf8');
      const seen = csv
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => Number(row.split(',')[0]));
      assert.deepEqual(
        seen,
        Array.from({ length: 20 }, (_, i) => 10 * (i + 1)),
      );
      assert.equal(whole!.state.pairs !== undefined, expand !== '0');
      const card = JSON.parse(
        await readFile(path.join(folder, `${killed}.json`), 'utf8'),
      ) as ModelCard;
      assert.equal(card.recipe['expand'], Number(expand));
      const other = await train(
        `${killed}.onnx`,
        ...steps,
        '--overwrite',
        '--resume',
        '--expand',
        '17',
      );
      assert.equal(other.code, 2);
      assert.match(
        other.stderr,
        new RegExp(`is of a run with expand ${expand}, but 17 was asked for`),
      );
    },
  );
}
