import assert from 'node:assert/strict';
import { copyFile, link, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { enlarged, ffmpegRun } from '../support/enlarge.js';
import { writeRandomModel } from '../support/random-model.js';
import { runVsr } from '../support/run-vsr.js';
import { writeWaves } from '../support/waves.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What a user keeps, and nobody else has. */
const precious = 'the only copy\n';

const root = temporaryFolder();
let clip: string;
let model: string;
before(async () => {
  model = await writeRandomModel(root, 'espcn-16', 2);
  clip = path.join(root, 'clip.mp4');
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=32x32:rate=25:duration=0.2'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', clip);
});

/** A folder of its own with a copy of the clip. */
async function fresh(): Promise<{ folder: string; at: (name: string) => string }> {
  const folder = temporaryFolder(root);
  await copyFile(clip, path.join(folder, 'clip.mp4'));
  return { folder, at: (name) => path.join(folder, name) };
}

const quick = (): string[] => ['-m', model, '--preset', 'ultrafast', '-q'];

/**
 * Runs a command that would write over `file`: it is refused, says so in a sentence, and with
 * --overwrite it replaces it.
 */
async function keeps(file: string, words: readonly string[], code = 1): Promise<void> {
  await writeFile(file, precious);
  const refused = await runVsr(...words);
  assert.equal(refused.code, code, refused.stderr);
  assert.match(refused.stderr, /^vsr: .* exists, and the .* would replace it\. .*--overwrite\.$/m);
  assert.ok(refused.stderr.includes(path.basename(file)));
  assert.equal(await readFile(file, 'utf8'), precious);
  const told = await runVsr(...words, '--overwrite');
  assert.equal(told.code, 0, told.stderr);
  assert.notEqual((await readFile(file)).toString(), precious);
}

test('--report refuses what is no name of a page, before anything is done', async () => {
  const { folder, at } = await fresh();
  await copyFile(clip, at('b.mp4'));
  const { code, stderr } = await runVsr('upscale', '--report', at('b.mp4'), at('clip.mp4'));
  assert.equal(code, 2);
  assert.match(stderr, /a file ending in \.html for --report but received .*b\.mp4/);
  assert.deepEqual((await readdir(folder)).sort(), ['b.mp4', 'clip.mp4']);
  assert.deepEqual(await readFile(at('b.mp4')), await readFile(clip));
});

test('a report replaces a report, and no other page unless told', async () => {
  const { at } = await fresh();
  const output = await enlarged(at('clip.mp4'), { model, preset: 'ultrafast' });
  await keeps(at('page.html'), ['report', output, '-o', at('page.html')]);
  const again = await runVsr('report', output, '-o', at('page.html'));
  assert.equal(again.code, 0, again.stderr);
  await keeps(`${output}.report.html`, ['report', output]);
  await writeFile(at('mine.html'), precious);
  const words = ['upscale', at('clip.mp4'), ...quick(), '--report', at('mine.html')];
  const refused = await runVsr(...words);
  assert.equal(refused.code, 1, refused.stderr);
  assert.equal(await readFile(at('mine.html'), 'utf8'), precious);
  assert.equal((await runVsr(...words, '--overwrite')).code, 0);
  assert.match(await readFile(at('mine.html'), 'utf8'), /vsr report/);
  const sidecar = await runVsr('report', output, '-o', `${output}.vsr.json`);
  assert.equal(sidecar.code, 2, sidecar.stderr);
});

test('a comparison replaces nothing unless told, and never one of its inputs', async () => {
  const { at } = await fresh();
  await copyFile(clip, at('b.mp4'));
  const words = ['compare', at('clip.mp4'), at('b.mp4')];
  await keeps(at('both.mp4'), [...words, '-o', at('both.mp4')]);
  await keeps(at('b.vs-clip.mp4'), words);
  await link(at('b.mp4'), at('hard.mp4'));
  await symlink('b.mp4', at('soft.mp4'));
  for (const name of ['b.mp4', 'hard.mp4', 'soft.mp4']) {
    const { code, stderr } = await runVsr(...words, '-o', at(name), '--overwrite');
    assert.equal(code, 2, stderr);
    assert.match(stderr, /is one of the inputs/);
  }
  assert.deepEqual(await readFile(at('b.mp4')), await readFile(clip));
  for (const name of ['one.png', 'two.png', 'both.png']) await writeWaves(at(name), 1, 32);
  const pictures = ['compare', at('one.png'), at('two.png'), '-o', at('both.png')];
  await keeps(at('both.png'), pictures);
});

test('quantize keeps a model and a card of the same name', async () => {
  const { folder, at } = await fresh();
  const pictures = at('pictures');
  await mkdir(pictures);
  await writeWaves(path.join(pictures, 'a.png'), 1, 64);
  const words = ['quantize', 'espcn-16-lite-x2', '--pictures', pictures, '-o', at('mine.onnx')];
  await keeps(at('mine.json'), words);
  await keeps(at('mine.onnx'), words);
  assert.deepEqual((await readdir(folder)).sort(), [
    ...['clip.mp4', 'mine.json', 'mine.onnx', 'pictures'],
  ]);
});

test('a training keeps a card, and files in its work folder, that no training made', async () => {
  const { at } = await fresh();
  const pictures = at('pictures');
  await mkdir(pictures);
  for (let i = 0; i < 3; i++) await writeWaves(path.join(pictures, `${i}.png`), i, 64);
  const words = [
    ...['train', '--data', pictures, '--depth', '1', '--steps', '2', '--batch', '1'],
    ...['--patch', '12', '--val-every', '1', '--workers', '1', '--out', at('m.onnx')],
  ];
  await keeps(at('m.json'), words);
  const other = [...words.slice(0, -1), at('n.onnx'), '--work', at('work')];
  await mkdir(at('work'));
  for (const name of ['sheet.png', 'metrics.csv', 'loss.svg', 'checkpoint.bin']) {
    await writeFile(path.join(at('work'), name), precious);
    const { code, stderr } = await runVsr(...other);
    assert.equal(code, 1, stderr);
    assert.ok(stderr.includes(`${at('work')} holds ${name}, which no training made`), stderr);
    assert.equal(await readFile(path.join(at('work'), name), 'utf8'), precious);
    await rm(path.join(at('work'), name));
  }
  assert.equal((await runVsr(...other)).code, 0);
  await rm(at('n.onnx'));
  await rm(at('n.json'));
  const again = await runVsr(...other);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /checkpoint of an earlier run.*--resume.*--overwrite/);
  assert.equal((await runVsr(...other, '--resume')).code, 0);
});

test('extract keeps pictures of such names, and those of clips of one name apart', async () => {
  const { at } = await fresh();
  await mkdir(at('out'));
  const words = ['extract', at('clip.mp4'), '-o', at('out'), '--every', '5'];
  const [name] = await namesAfter(words, at('out'));
  await rm(at('out'), { recursive: true });
  await mkdir(at('out'));
  await keeps(path.join(at('out'), name!), words);
  await copyFile(clip, at('clip.mov'));
  await mkdir(at('b'));
  await copyFile(clip, at('b/clip.mp4'));
  const three = [at('clip.mp4'), at('clip.mov'), at('b/clip.mp4')];
  const all = await namesAfter(['extract', ...three, '-o', at('all'), '--every', '5'], at('all'));
  assert.equal(all.length, 3, all.join(', '));
});

async function namesAfter(words: readonly string[], folder: string): Promise<string[]> {
  const { code, stderr } = await runVsr(...words);
  assert.equal(code, 0, stderr);
  return (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
}

test('results of regress replace results of regress, and no other file unless told', async () => {
  const { folder, at } = await fresh();
  assert.equal((await runVsr('regress', folder, '--update')).code, 0);
  await keeps(at('junit.xml'), ['regress', folder, '--junit', at('junit.xml')]);
  assert.equal((await runVsr('regress', folder, '--junit', at('junit.xml'))).code, 0);
});
