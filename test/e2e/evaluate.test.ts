import test, { before } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { isFastInEightBits } from '../../src/model/runtime/processor.js';
import { packageRoot } from '../../src/package-root.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { ffmpegRun } from '../support/enlarge.js';
import { writeWaves } from '../support/waves.js';
import { runVsr } from '../support/run-vsr.js';

const bench = path.join(packageRoot(), '..', 'shared', 'data', 'bench');
const skip = existsSync(bench) ? false : `${bench} is not there`;

type Figures = Record<
  string,
  { psnrRgb: number | null; psnrY: number; psnrU: number; ssim: number; features: number | null }
>;
type Network = { precision: string; forCompressed: boolean; runs: boolean };
type File = { frames: number; figures: Figures; networks: Record<string, Network> };

/** What `--json` says: the mean, the files measured, and the names of those that failed. */
function answerOf(stdout: string): { mean: Figures; files: File[]; failed: string[] } {
  const { facts, outcomes } = JSON.parse(stdout) as {
    facts: { mean: Figures };
    outcomes: { clip: string; summary?: File }[];
  };
  return {
    mean: facts.mean,
    files: outcomes.flatMap(({ summary }) => summary ?? []),
    failed: outcomes.flatMap(({ clip, summary }) => (summary === undefined ? [clip] : [])),
  };
}

// PSNR and SSIM of bicubic as the literature states them (e.g. the tables of VDSR, CVPR 2016).
const literature = [
  ['Set5', 2, 33.66, 0.9299],
  ['Set5', 3, 30.39, 0.8682],
  ['Set5', 4, 28.42, 0.8104],
  ['Set14', 2, 30.24, 0.8688],
  ['Set14', 3, 27.54, 0.7742],
  ['Set14', 4, 26.0, 0.7027],
] as const;

for (const [set, scale, psnr, ssim] of literature) {
  test(`bicubic on ${set} at ${scale}x is what the literature says`, { skip }, async () => {
    const folder = path.join(bench, set);
    const { stdout } = await runVsr(
      'evaluate',
      folder,
      '-s',
      String(scale),
      '-m',
      'none',
      '--json',
    );
    const { mean, files } = answerOf(stdout);
    assert.equal(files.length, set === 'Set5' ? 5 : 14);
    const bicubic = mean['bicubic']!;
    assert.ok(Math.abs(bicubic.psnrY - psnr) <= 0.02, `PSNR ${bicubic.psnrY}`);
    assert.ok(Math.abs(bicubic.ssim - ssim) <= 0.002, `SSIM ${bicubic.ssim}`);
    assert.ok(mean['nearest']!.psnrY < mean['bilinear']!.psnrY);
  });
}

test('the default model is better than bicubic and lanczos on Set5', { skip }, async () => {
  const { stdout } = await runVsr('evaluate', path.join(bench, 'Set5'), '--json');
  const { mean } = answerOf(stdout);
  const model = Object.keys(mean)[0]!;
  assert.match(model, /^espcn/);
  assert.ok(mean[model]!.psnrY > mean['lanczos']!.psnrY + 1);
});

test('the same table comes as CSV and as Markdown', { skip }, async () => {
  const file = path.join(bench, 'Set5', 'head_GT.bmp');
  const csv = (await runVsr('evaluate', file, '-m', 'none', '--csv')).stdout.split('\n');
  assert.equal(csv[0], 'file,by,PSNR Y,SSIM,MAE,RMSE');
  assert.equal(csv.length, 1 + 4 + 4 + 1);
  const markdown = (await runVsr('evaluate', file, '-m', 'none', '--markdown')).stdout;
  assert.match(markdown, /^\| file \| by \| PSNR Y \|/);
  assert.match(markdown, /\| head_GT\.bmp \| bicubic \| 34\.8/);
});

test('every table says its protocol, and --precision measures what it names', async () => {
  const file = path.join(temporaryFolder(), 'small.png');
  await writeWaves(file, 1);
  const table = async (...words: string[]) => {
    const { stdout, stderr, code } = await runVsr('evaluate', file, ...words);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const copy = await table('-m', 'espcn-16-lite-x2', '--precision', 'int8', '--border', '3');
  const rows = (text: string) => text.split('\n').filter((line) => line.includes('espcn'));
  assert.match(rows(copy)[0]!, / espcn-16-lite-int8-x2 /);
  assert.deepEqual(rows(copy), rows(await table('-m', 'espcn-16-lite-int8-x2', '--border', '3')));
  const protocol =
    'Protocol: Y (of pictures BT.601 in 16 to 235, of clips their own), 3 samples cut from each border, 2x smaller by antialiased bicubic (a = -0.5); bicubic, as all else, from the small input.';
  assert.ok(copy.endsWith(`${protocol}\n`), copy);
  const noisy = await table('-m', 'none', '--noise', '4', '--markdown');
  assert.match(noisy, /2 samples cut .* bicubic \(a = -0\.5\) and noise of deviation 4;/);
  assert.equal(
    (await runVsr('evaluate', file, '--precision', 'fp16', '--provider', 'cpu')).code,
    2,
  );
});

test('--protocol rgb measures pictures in colour and names clips, which it does not measure', async () => {
  const file = path.join(temporaryFolder(), 'red.png');
  const [width, height] = [64, 48];
  const waves = Uint8Array.from({ length: 3 * width * height }, (_, i) =>
    i % 3 === 0 ? 128 + 100 * Math.sin((i % (3 * width)) / 4) : 100,
  );
  await sharp(waves, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  const words = ['-m', 'espcn-16-lite-x2', '--protocol', 'rgb', '--json'];
  const { stdout, stderr, code } = await runVsr('evaluate', file, clip, ...words);
  assert.equal(code, 1);
  assert.match(stderr, /Expected pictures for --protocol rgb but \S+small\.mp4 is a clip/);
  const { files, failed } = answerOf(stdout);
  assert.deepEqual([files.length, failed], [1, [clip]]);
  const { figures } = files[0]!;
  assert.ok(figures['espcn-16-lite-x2']!.psnrRgb! > 30);
  const { psnrRgb, psnrY, features } = figures['bicubic']!;
  // Errors are in red alone: a third of the mean square counts, in luma a square of 65.481 / 255.
  const apart = 10 * Math.log10((255 / 65.481) ** 2 / 3);
  assert.ok(Math.abs(psnrY - psnrRgb! - apart) < 0.5, `${psnrRgb}, ${psnrY}`);
  assert.equal(features, null);
  const refused = await runVsr('evaluate', file, '--protocol', 'rgb', '--degrade', 'codec');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /bicubic or blur for --degrade with --protocol rgb/);
});

test('what is not there and what cannot be asked for say so', async () => {
  const missing = await runVsr('evaluate', '/nowhere.png');
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /\/nowhere\.png does not exist/);
  assert.equal((await runVsr('evaluate', 'a.png', '--json', '--csv')).code, 2);
  assert.equal((await runVsr('evaluate', 'a.png', '--degrade', 'melt')).code, 2);
});

/** Three small frames: every evaluation reads the clip by several networks. */
const clip = path.join(temporaryFolder(), 'small.mp4');
before(() =>
  ffmpegRun(
    ...['-i', path.join(packageRoot(), 'samples', 'cartoon.mp4'), '-frames:v', '3'],
    ...['-vf', 'scale=240:136', '-c:v', 'libx264', '-crf', '23', clip],
  ),
);

test('a clip is measured in its own Y, U and V', async () => {
  const looks = ['--distance', 'features'];
  const { stdout, stderr } = await runVsr('evaluate', clip, '--frames', '3', '--json', ...looks);
  assert.equal(stderr, '');
  const { files } = answerOf(stdout);
  const { frames, figures } = files[0]!;
  assert.equal(frames, 3);
  const [model] = Object.keys(figures);
  assert.ok(figures[model!]!.psnrY > figures['bicubic']!.psnrY);
  assert.ok(figures[model!]!.features! > 0);
  assert.ok(figures[model!]!.features! < figures['bicubic']!.features!);
  assert.ok(figures['bicubic']!.features! < figures['nearest']!.features!);
  // Chroma is bicubic in both.
  assert.ok(Math.abs(figures[model!]!.psnrU - figures['bicubic']!.psnrU) < 0.1);
});

test('beside the default model stands what vsr upscale runs here: its 8-bit copy, and of a compressed clip the codec network', async () => {
  const [clean, compressed] = [
    ['espcn-32-x2', 'espcn-32-int8-x2'],
    ['espcn-16-codec-x2', 'espcn-16-codec-int8-x2'],
  ] as const;
  for (const [degradation, pairs] of [
    // The clip itself is compressed, its reduced copy only where asked for.
    [[], [clean, compressed]],
    [['--degrade', 'codec'], [compressed]],
    [['--degrade', 'codec', '--crf', '4'], [clean]],
  ] as const) {
    const args = ['evaluate', clip, '--frames', '1', '--json', ...degradation];
    const { figures, networks } = answerOf((await runVsr(...args)).stdout).files[0]!;
    const names = Object.keys(figures).slice(0, -4);
    assert.deepEqual(names, Object.keys(networks));
    assert.deepEqual(names, isFastInEightBits() ? pairs.flat() : pairs.map(([float]) => float));
    assert.equal(
      names.find((name) => networks[name]!.runs),
      names.at(-1),
    );
    for (const name of names) {
      assert.equal(networks[name]!.precision, name.includes('int8') ? 'int8' : 'fp32');
      assert.equal(networks[name]!.forCompressed, name.includes('codec'));
    }
    if (!isFastInEightBits()) continue;
    for (const [float, copy] of pairs) {
      // Two networks, not one by two names.
      assert.notEqual(figures[float]!.psnrY, figures[copy]!.psnrY);
      assert.ok(Math.abs(figures[float]!.psnrY - figures[copy]!.psnrY) < 0.3);
    }
  }
  const named = await runVsr('evaluate', clip, '-m', 'espcn-16-x2', '--frames', '1', '--json');
  assert.doesNotMatch(named.stdout, /int8/);
});

test('a clip through x264 loses against the clean one', async () => {
  const psnrOf = async (...more: string[]) => {
    const args = ['evaluate', clip, '--frames', '3', '-m', 'none', '--json', ...more];
    const { mean } = answerOf((await runVsr(...args)).stdout);
    return mean['bicubic']!.psnrY;
  };
  assert.ok((await psnrOf('--degrade', 'codec', '--crf', '35')) < (await psnrOf()) - 0.3);
});

test('a file that cannot be measured is named, and the others are measured', async () => {
  const folder = temporaryFolder();
  await writeWaves(path.join(folder, 'b.png'), 1);
  await writeWaves(path.join(folder, 'd.png'), 2);
  await writeFile(path.join(folder, 'a.png'), 'no picture');
  await writeFile(path.join(folder, 'c.yuv'), new Uint8Array(1000));
  const { stdout, stderr, code } = await runVsr('evaluate', folder, '-m', 'none', '--json');
  assert.equal(code, 1);
  const { files, failed } = answerOf(stdout);
  assert.deepEqual(
    failed.map((file) => path.basename(file)),
    ['a.png', 'c.yuv'],
  );
  assert.equal(files.length, 2);
  assert.match(stderr, /a\.png/);
  const none = await runVsr('evaluate', path.join(folder, 'a.png'), path.join(folder, 'c.yuv'));
  assert.equal(none.code, 1);
  assert.match(none.stderr, /None of the 2 files/);
  assert.equal(none.stdout, '');
});
