import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import type { ModelCard } from '../../src/model/catalogue/card.js';
import { catalogue } from '../../src/model/catalogue/catalogue.js';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../src/model/onnx/model-file.js';
import { listImages, splitItems } from '../../src/training/pictures/list-images.js';
import { readCheckpoint } from '../../src/training/saved/checkpoint.js';
import { writeWaves } from '../support/waves.js';
import { onlyInLongForm } from '../support/long-form.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { vsrProgram } from '../support/run-vsr.js';

const folder = temporaryFolder();
let pictures = '';

before(async () => {
  pictures = path.join(folder, 'pictures');
  await mkdir(pictures);
  for (let i = 0; i < 5; i++) await writeWaves(path.join(pictures, `${i}.png`), i);
});

/** A run that takes a second: a small network, small patches, few steps. */
const quick = [
  ...['--depth', '2', '--batch', '4', '--patch', '12', '--val-every', '10'],
  ...['--average', '20', '--workers', '1'],
];

function train(out: string, ...more: string[]) {
  // --data may be given more than once, and then adds up.
  const data = more.includes('--data') ? [] : ['--data', pictures];
  const words = ['train', ...data, '--out', path.join(folder, out), ...quick, ...more];
  const run = spawnSync(process.execPath, [vsrProgram, ...words], { encoding: 'utf8' });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

test('a short run lowers the loss and leaves model, card, metrics, curves and contact sheet', async () => {
  const split = { training: 60, validation: 20, test: 20 };
  const parts = Object.values(split).join('/');
  const { code, stdout, stderr } = train('a.onnx', '--steps', '300', '--split', parts, '--json');
  assert.equal(code, 0, stderr);
  type Summary = { card: ModelCard; psnr: number; test: ModelCard['test'] };
  const { summary } = (JSON.parse(stdout) as { outcomes: { summary: Summary }[] }).outcomes[0]!;
  assert.equal(summary.card.parameters, 160 + 2320 + 580);
  const card = JSON.parse(await readFile(path.join(folder, 'a.json'), 'utf8')) as ModelCard;
  assert.equal(card.sha256, summary.card.sha256);
  assert.equal(card.recipe['steps'], 300);
  // The test part is measured by the weights that were written, and by nothing before.
  const { test } = splitItems(await listImages([pictures]), split, 1);
  const model = path.join(folder, 'a.onnx');
  const words = ['evaluate', test[0]!.file, '-m', model, '--json'];
  const evaluated = spawnSync(process.execPath, [vsrProgram, ...words], { encoding: 'utf8' });
  const { facts } = JSON.parse(evaluated.stdout) as {
    facts: { mean: Record<string, { psnrY: number; ssim: number }> };
  };
  assert.deepEqual(summary.test, card.test);
  const { pictures: count, psnr, ssim, bicubicPsnr } = card.test!;
  assert.equal(count, 1);
  assert.ok(Math.abs(psnr - facts.mean['a']!.psnrY) < 0.02, `${psnr}: ${evaluated.stdout}`);
  // A run's SSIM is over the whole picture, without a border.
  assert.ok(Math.abs(ssim - facts.mean['a']!.ssim) < 0.01, `${ssim}: ${evaluated.stdout}`);
  assert.ok(Math.abs(bicubicPsnr - facts.mean['bicubic']!.psnrY) < 0.02, String(bicubicPsnr));
  const work = path.join(folder, 'a.onnx.train');
  for (const name of ['checkpoint.bin', 'loss.svg', 'psnr.svg', 'sheet.png']) {
    assert.ok(existsSync(path.join(work, name)), name);
  }
  const rows = (await readFile(path.join(work, 'metrics.csv'), 'utf8')).trim().split('\n');
  assert.equal(rows.length, 1 + 30);
  const losses = rows.slice(1).map((row) => Number(row.split(',')[1]));
  assert.ok(losses.at(-1)! < 0.9 * losses[0]!, `loss ${losses[0]} to ${losses.at(-1)}`);
  assert.equal(train('a.onnx', '--steps', '10').code, 1, 'an existing model is not overwritten');
});

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
  const words = ['train', '--data', many, '--out', out, ...quick, '--steps', '100000'];
  const run = spawn(process.execPath, [vsrProgram, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  run.stderr.setEncoding('utf8').on('data', (text: string) => {
    // The plan is told just before the pictures are read.
    if (!stderr.includes('files to train') && text.includes('files to train')) run.kill('SIGINT');
    stderr += text;
  });
  const [code] = (await once(run, 'close')) as [number | null];
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
  const words = ['train', '--data', await morePictures(), '--out', out, ...quick];
  const more = ['--memory', '1', '--batch', '64', '--degrade', 'codec', '--steps', '1000000'];
  const run = spawn(process.execPath, [vsrProgram, ...words, ...more], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, VSR_FFMPEG: slow },
  });
  let stderr = '';
  run.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const metrics = path.join(`${out}.train`, 'metrics.csv');
  const rows = () => (existsSync(metrics) ? readFileSync(metrics, 'utf8').length : 0);
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  while (rows() === 0 && run.exitCode === null) await pause(20);
  await writeFile(hold, '');
  while (!existsSync(held) && run.exitCode === null) await pause(20);
  // Steps go on until the pictures at hand are used up.
  for (let before = -1; rows() !== before;) {
    before = rows();
    await pause(1500);
  }
  run.kill('SIGINT');
  const [code] = (await once(run, 'close')) as [number | null];
  assert.equal(code, 130, stderr);
  const { step } = await readCheckpoint(path.join(`${out}.train`, 'checkpoint.bin'));
  assert.match(stderr, new RegExp(`Stopped after step ${step};`));
});

test('a second SIGINT ends a training at once, with the exit code that is due', async () => {
  for (const ms of [2, 15, 40]) {
    const out = path.join(folder, `twice-${ms}.onnx`);
    const words = ['train', '--data', await morePictures(), '--out', out, ...quick];
    const run = spawn(process.execPath, [vsrProgram, ...words, '--steps', '1000000'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    run.stderr.setEncoding('utf8');
    run.stderr.on('data', (text: string) => {
      const begun = stderr.includes('step 10:');
      stderr += text;
      if (begun || !stderr.includes('step 10:')) return;
      run.kill('SIGINT');
      setTimeout(() => run.kill('SIGINT'), ms);
    });
    assert.deepEqual(await once(run, 'close'), [130, null], stderr);
  }
});

test('the weights do not depend on how many threads computed them', async () => {
  for (const workers of ['1', '3']) {
    const { code, stderr } = train(`w${workers}.onnx`, '--steps', '10', '--workers', workers);
    assert.equal(code, 0, stderr);
  }
  const [one, three] = await Promise.all(
    ['w1', 'w3'].map((name) => readFile(path.join(folder, `${name}.onnx.train`, 'checkpoint.bin'))),
  );
  assert.ok(one!.equals(three!));
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
        '--steps',
        '200',
        '--memory',
        '1',
        '--batch',
        '64',
        '--data',
        await morePictures(),
        ...['--expand', expand],
      ];
      assert.equal(train(`${unbroken}.onnx`, ...steps).code, 0);
      const out = path.join(folder, `${killed}.onnx`);
      const words = ['train', '--out', out, ...quick, ...steps];
      const child = spawn(process.execPath, [vsrProgram, ...words], { stdio: 'ignore' });
      const checkpoint = path.join(folder, `${killed}.onnx.train`, 'checkpoint.bin');
      while (!existsSync(checkpoint)) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { step } = await readCheckpoint(checkpoint);
      assert.ok(step < 200, `killed at step ${step}, too late to show anything`);
      const { code, stderr } = train(`${killed}.onnx`, ...steps, '--resume');
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
      const other = train(`${killed}.onnx`, ...steps, '--overwrite', '--resume', '--expand', '17');
      assert.equal(other.code, 2);
      assert.match(
        other.stderr,
        new RegExp(`is of a run with expand ${expand}, but 17 was asked for`),
      );
    },
  );
}

test('a corrupt picture and one smaller than a patch are named and counted, the run goes on', async () => {
  const mixed = path.join(folder, 'mixed');
  await mkdir(mixed);
  for (let i = 0; i < 3; i++) {
    await copyFile(path.join(pictures, `${i}.png`), path.join(mixed, `${i}.png`));
  }
  await writeFile(path.join(mixed, 'corrupt.png'), 'no picture at all');
  await writeWaves(path.join(mixed, 'tiny.png'), 1, 10);
  const { code, stderr } = train('m.onnx', '--steps', '10', '--data', mixed, '--split', '100/0/0');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Skipped: .*corrupt\.png cannot be read as a picture/);
  assert.match(stderr, /Skipped: .*tiny\.png \(10x10\) is smaller than a patch/);
  assert.match(stderr, /1 unreadable and 1 too small pictures were skipped/);
});

/** A model that doubles RGB pictures. */
async function colourModel(): Promise<string> {
  const file = path.join(folder, 'colour.onnx');
  const graph = new GraphBuilder('colour');
  const x = graph.input('x', 'float32', ['N', 3, 'H', 'W']);
  const four = graph.op('Concat', [x, x, x, x], { axis: 1 });
  graph.op('DepthToSpace', [four], { blocksize: 2 }, 'y');
  graph.output('y', 'float32', ['N', 3, 'H2', 'W2']);
  await writeFile(file, encodeModel(graph.build()));
  return file;
}

test('a network for the second pass is trained on what a first pass gives, and the card names the first', async () => {
  const settings = ['--steps', '60', '--after', 'espcn-16-x2'];
  const { code, stderr } = train('second.onnx', ...settings);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /bicubic, through espcn-16-x2, /);
  const card = JSON.parse(await readFile(path.join(folder, 'second.json'), 'utf8')) as ModelCard;
  const first = (await catalogue()).find(({ name }) => name === 'espcn-16-x2')!;
  assert.deepEqual(card.after, { name: 'espcn-16-x2', sha256: first.card.sha256, scale: 2 });
  const plain = train('second.onnx', '--steps', '60', '--overwrite', '--resume');
  assert.equal(plain.code, 2);
  assert.match(plain.stderr, /is of a run with after [0-9a-f]{64}, but none was asked for/);
  const chain = `espcn-16-x2,${path.join(folder, 'second.onnx')}`;
  const words = ['evaluate', path.join(pictures, '0.png'), '-s', '4', '-m', chain, '--json'];
  const run = spawnSync(process.execPath, [vsrProgram, ...words], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /"espcn-16-x2 \+ second"/);
});

test('what cannot work is one sentence and the right exit code', async () => {
  const empty = path.join(folder, 'empty');
  await mkdir(empty);
  const cases: readonly [words: string[], code: number, message: RegExp][] = [
    [['--data', empty], 1, /^vsr: No images were found in .*empty/m],
    [['--data', path.join(folder, 'nowhere')], 1, /There is no file or folder/],
    [['--patch', '100', '--split', '100/0/0'], 1, /None of 5 training pictures can be used/],
    [['--work', path.join(pictures, '0.png')], 1, /^vsr: Could not write into .*0\.png: /m],
    [['--resume'], 2, /There is no checkpoint to resume from/],
    [['--arch', 'no-such'], 2, /Expected one of espcn, .* for --arch/],
    [
      ['--expand', '15'],
      2,
      /Expected 0, or at least 16, .* of espcn-16, for --expand but received/,
    ],
    [['--from', path.join(pictures, '0.png')], 1, /cannot be read as an ONNX model/],
    [['--after', 'espcn-99'], 2, /the name of a model or an ONNX file .*"espcn-99"/],
    [['--after', await colourModel()], 2, /for --after but received .*takes rgb as float32/],
  ];
  for (const [words, code, message] of cases) {
    const run = train('bad.onnx', '--steps', '5', ...words);
    assert.match(run.stderr, message);
    assert.equal(run.code, code, run.stderr);
    assert.ok(!existsSync(path.join(folder, 'bad.onnx')));
  }
  const other = train('w1.onnx', '--steps', '10', '--overwrite', '--resume', '--arch', 'espcn-32');
  assert.equal(other.code, 2);
  assert.match(other.stderr, /is of a run with arch espcn-16, but espcn-32 was asked for/);
});

test('a loss that is no number stops the run and says so', () => {
  const { code, stderr } = train('nan.onnx', '--steps', '200', '--lr', '1e30');
  assert.equal(code, 1);
  assert.match(stderr, /training has diverged/);
});
