import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { readLuma } from '../../src/media/still/luma-image.js';
import { runProcess } from '../../src/media/program/process.js';
import { extractFrames } from '../../src/training/extract/extract-frames.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runVsr, type VsrRun } from '../support/run-vsr.js';

const folder = temporaryFolder();
let clip = '';

before(async () => {
  clip = path.join(folder, 'clip.mkv');
  const { ffmpeg } = await locateFfmpeg();
  // Twelve moving frames, then four that stand still.
  const moving = 'testsrc2=size=96x64:rate=25:duration=0.48';
  const filter = 'tpad=stop_mode=clone:stop=4';
  const still = await runProcess(ffmpeg, [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    moving,
    '-vf',
    filter,
    '-c:v',
    'ffv1',
    clip,
  ]);
  if (still.code !== 0) {
    // The embedded build has no tpad: the still frames come from a loop of one.
    const loop = 'loop=loop=4:size=1:start=11';
    const run = await runProcess(ffmpeg, [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      moving,
      '-vf',
      loop,
      '-c:v',
      'ffv1',
      clip,
    ]);
    assert.equal(run.code, 0, run.stderrTail.join('\n'));
  }
});

const extract = (...words: string[]): Promise<VsrRun> => runVsr('extract', ...words);

test('frames are whole pictures, those that stand still are left out, and a second run writes none', async () => {
  const out = path.join(folder, 'every');
  const first = await extract(clip, '-o', out, '--every', '2', '--json');
  assert.equal(first.code, 0, first.stderr);
  const { outcomes } = JSON.parse(first.stdout) as {
    outcomes: { summary: { written: number; duplicates: number } }[];
  };
  const result = outcomes[0]?.summary;
  const names = readdirSync(out).filter((name) => name.endsWith('.png'));
  assert.equal(names.length, result!.written);
  assert.equal(result!.written + result!.duplicates, 8);
  assert.ok(result!.duplicates >= 1);
  const { width, height } = await readLuma(path.join(out, names[0]!));
  assert.deepEqual([width, height], [96, 64]);
  const before = await stat(path.join(out, names[0]!));
  assert.match((await extract(clip, '-o', out, '--every', '2')).stderr, /finished before/);
  assert.equal((await stat(path.join(out, names[0]!))).mtimeMs, before.mtimeMs);
});

test('an unfinished run is completed without writing a frame twice', async () => {
  const out = path.join(folder, 'again');
  assert.equal((await extract(clip, '-o', out, '--every', '3')).code, 0);
  const names = readdirSync(out)
    .filter((name) => name.endsWith('.png'))
    .sort();
  // As a killed run leaves it: the first two frames written, the rest not.
  const files = names.slice(0, 2);
  for (const name of names.slice(2)) await unlink(path.join(out, name));
  const size = (await stat(clip)).size;
  const options = JSON.stringify({ choose: { kind: 'every', frames: 3 }, most: null, size });
  const state = { options, files, duplicates: 0, finished: false };
  await writeFile(path.join(out, '.clip.extract.json'), JSON.stringify(state));
  const kept = await stat(path.join(out, files[0]!));
  assert.equal((await extract(clip, '-o', out, '--every', '3')).code, 0);
  assert.deepEqual(
    readdirSync(out)
      .filter((name) => name.endsWith('.png'))
      .sort(),
    names,
  );
  assert.equal((await stat(path.join(out, files[0]!))).mtimeMs, kept.mtimeMs);
});

test('--max stops early; what cannot be read is one sentence', async () => {
  const out = path.join(folder, 'most');
  assert.equal((await extract(clip, '-o', out, '--every', '2', '--max', '2')).code, 0);
  assert.equal(readdirSync(out).filter((name) => name.endsWith('.png')).length, 2);
  const text = path.join(folder, 'text.mp4');
  await writeFile(text, 'not a clip');
  const bad = await extract(text, '-o', out);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /^vsr: .*text\.mp4/);
  const both = await extract(text, clip, '-o', path.join(folder, 'both'), '--every', '4');
  assert.equal(both.code, 1, 'one clip failed');
  assert.match(both.stderr, /clip\.mkv: \d+ frames/);
  assert.equal((await extract(clip, '-o', out, '--every', '2', '--fps', '1')).code, 2);
});

test('an ffmpeg that hangs is given up', async (t) => {
  if (process.platform === 'win32') return t.skip('needs a shell script for ffmpeg');
  const { ffmpeg } = await locateFfmpeg();
  const hanging = path.join(folder, 'hanging-ffmpeg');
  const lines = ['#!/bin/sh', 'case "$*" in *rgb24*) sleep 1000;; esac', `exec ${ffmpeg} "$@"`];
  await writeFile(hanging, `${lines.join('\n')}\n`, { mode: 0o755 });
  const before = process.env['VSR_FFMPEG'];
  process.env['VSR_FFMPEG'] = hanging;
  try {
    const out = path.join(folder, 'hanging');
    const options = { choose: { kind: 'every', frames: 2 }, stallTimeoutMs: 500 } as const;
    const said = /ffmpeg gave nothing for .* while decoding .*clip\.mkv at frame 0/;
    await assert.rejects(extractFrames(clip, out, options), said);
  } finally {
    if (before === undefined) delete process.env['VSR_FFMPEG'];
    else process.env['VSR_FFMPEG'] = before;
  }
});

test('clips are training data, too', async () => {
  const run = await runVsr(
    ...['train', '--data', clip, '--out', path.join(folder, 'm.onnx'), '--depth', '1'],
    ...['--steps', '4', '--patch', '10', '--batch', '2', '--split', '100/0/0'],
    ...['--degrade', 'codec'],
  );
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /codec, CRF 18-32/);
});
