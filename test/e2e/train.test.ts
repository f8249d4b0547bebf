import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import test, { before } from 'node:test';
import type { ModelCard } from '../../src/model/catalogue/card.js';
import { catalogue } from '../../src/model/catalogue/catalogue.js';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../src/model/onnx/model-file.js';
import { listImages, splitItems } from '../../src/training/pictures/list-images.js';
import { ffmpegRun } from '../support/enlarge.js';
import { writeWaves } from '../support/waves.js';
import { quickTraining } from '../support/quick-training.js';
import { runVsr, type VsrRun } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let pictures = '';

before(async () => {
  pictures = path.join(folder, 'pictures');
  await mkdir(pictures);
  for (let i = 0; i < 5; i++) await writeWaves(path.join(pictures, `${i}.png`), i);
});

function train(out: string, ...more: string[]): Promise<VsrRun> {
  // --data may be given more than once, and then adds up.
  const data = more.includes('--data') ? [] : ['--data', pictures];
  return runVsr('train', ...data, '--out', path.join(folder, out), ...quickTraining, ...more);
}

test('a short run lowers the loss and leaves model, card, metrics, curves and contact sheet', async () => {
  const split = { training: 60, validation: 20, test: 20 };
  const parts = Object.values(split).join('/');
  const { code, stdout, stderr } = await train(
    'a.onnx',
    '--steps',
    '300',
    '--split',
    parts,
    '--json',
  );
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
  const evaluated = await runVsr('evaluate', test[0]!.file, '-m', model, '--json');
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
  // A line of words above the view of the one picture, and one below it.
  const { height: sheetHeight } = await sharp(path.join(work, 'sheet.png')).metadata();
  assert.equal(sheetHeight, 24 + 192 + 18);
  const rows = (await readFile(path.join(work, 'metrics.csv'), 'utf8')).trim().split('\n');
  assert.equal(rows.length, 1 + 30);
  const losses = rows.slice(1).map((row) => Number(row.split(',')[1]));
  assert.ok(losses.at(-1)! < 0.9 * losses[0]!, `loss ${losses[0]} to ${losses.at(-1)}`);
  const again = await train('a.onnx', '--steps', '10');
  assert.equal(again.code, 1, 'an existing model is not overwritten');
});

test('a run that loses what it had learnt says so, and calls no worse weights the best', async () => {
  const rates = ['--optimiser', 'sgd', '--lr', '4', '--average', '1', '--val-every', '3'];
  // One that gets that far may also end with a loss that is no number.
  const { stderr } = await train('lost.onnx', '--steps', '60', '--keep', 'last', ...rates);
  const found = [...stderr.matchAll(/step \d+: ([\d.]+) dB .*?(, the best so far)?$/gm)];
  assert.ok(found.length > 1, stderr);
  let best = -Infinity;
  for (const [line, psnr, said] of found) {
    // Two that are the same to the last digit shown may differ.
    if (Number(psnr) !== best) assert.equal(said !== undefined, Number(psnr) > best, line);
    best = Math.max(best, Number(psnr));
  }
  const words = /The network has lost what it had learnt: .* a lower --lr than 4, and --keep best/g;
  assert.equal(stderr.match(words)?.length, 1, stderr);
});

test('the weights do not depend on how many threads computed them', async () => {
  for (const workers of ['1', '3']) {
    const { code, stderr } = await train(`w${workers}.onnx`, '--steps', '10', '--workers', workers);
    assert.equal(code, 0, stderr);
  }
  const [one, three] = await Promise.all(
    ['w1', 'w3'].map((name) => readFile(path.join(folder, `${name}.onnx.train`, 'checkpoint.bin'))),
  );
  assert.ok(one!.equals(three!));
});

test('a corrupt picture and one smaller than a patch are named and counted, the run goes on', async () => {
  const mixed = path.join(folder, 'mixed');
  await mkdir(mixed);
  for (let i = 0; i < 3; i++) {
    await copyFile(path.join(pictures, `${i}.png`), path.join(mixed, `${i}.png`));
  }
  await writeFile(path.join(mixed, 'corrupt.png'), 'no picture at all');
  await writeWaves(path.join(mixed, 'tiny.png'), 1, 10);
  const { code, stderr } = await train(
    'm.onnx',
    '--steps',
    '10',
    '--data',
    mixed,
    '--split',
    '100/0/0',
  );
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
  const { code, stderr } = await train('second.onnx', ...settings);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /bicubic, through espcn-16-x2, /);
  const card = JSON.parse(await readFile(path.join(folder, 'second.json'), 'utf8')) as ModelCard;
  const first = (await catalogue()).find(({ name }) => name === 'espcn-16-x2')!;
  assert.deepEqual(card.after, { name: 'espcn-16-x2', sha256: first.card.sha256, scale: 2 });
  const plain = await train('second.onnx', '--steps', '60', '--overwrite', '--resume');
  assert.equal(plain.code, 2);
  assert.match(plain.stderr, /is of a run with after [0-9a-f]{64}, but none was asked for/);
  const chain = `espcn-16-x2,${path.join(folder, 'second.onnx')}`;
  const words = ['evaluate', path.join(pictures, '0.png'), '-s', '4', '-m', chain, '--json'];
  const run = await runVsr(...words);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /"espcn-16-x2 \+ second"/);
});

/** All files and folders within a folder, by their paths. */
async function filesIn(place: string): Promise<string[]> {
  return (await readdir(place, { recursive: true })).sort();
}

async function shortClip(): Promise<string> {
  const file = path.join(folder, 'clip.mkv');
  await ffmpegRun('-f', 'lavfi', '-i', 'testsrc2=s=48x32:r=4:d=1', '-c:v', 'ffv1', file);
  return file;
}

test('what cannot work is one sentence and the right exit code, and leaves nothing', async () => {
  const empty = path.join(folder, 'empty');
  await mkdir(empty);
  const tooLarge = ['--patch', '100', '--split', '100/0/0'];
  const cases: readonly [words: string[], code: number, message: RegExp][] = [
    [
      ['--data', empty],
      1,
      /^vsr: No images were found in .*empty.* vsr extract \S*empty -o frames/m,
    ],
    [['--data', path.join(folder, 'nowhere')], 1, /There is no file or folder/],
    // Pictures that are all too small are found out once they are read.
    [['--work', path.join(folder, 'a', 'b'), ...tooLarge], 1, /None of 5 training pictures can/],
    [['--data', await shortClip(), ...tooLarge], 1, /None of \d+ training pictures can/],
    [['--work', path.join(pictures, '0.png')], 1, /^vsr: Could not write into .*0\.png: /m],
    [['--resume'], 1, /There is no checkpoint to resume from/],
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
  const there = await filesIn(folder);
  for (const [words, code, message] of cases) {
    const run = await train('bad.onnx', '--steps', '5', ...words);
    assert.match(run.stderr, message);
    assert.equal(run.code, code, run.stderr);
    assert.deepEqual(await filesIn(folder), there, words.join(' '));
  }
  const other = await train(
    'w1.onnx',
    '--steps',
    '10',
    '--overwrite',
    '--resume',
    '--arch',
    'espcn-32',
  );
  assert.equal(other.code, 2);
  assert.match(other.stderr, /is of a run with arch espcn-16, but espcn-32 was asked for/);
});

test('a loss that is no number stops the run and says so', async () => {
  const { code, stderr } = await train('nan.onnx', '--steps', '200', '--lr', '1e30');
  assert.equal(code, 1);
  assert.match(stderr, /training has diverged/);
});
