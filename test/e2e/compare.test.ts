import test, { before } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import sharp from 'sharp';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { probe } from '../../src/media/source/probe.js';
import { runProcess } from '../../src/media/program/process.js';
import { planeOf } from '../../src/planes/frame.js';
import type { Plane } from '../../src/planes/plane.js';
import { resizePlane } from '../../src/planes/resize.js';
import { psnr } from '../../src/metrics/psnr.js';
import { ssimOfFfmpeg } from '../support/ssim-of-ffmpeg.js';
import { runVsr } from '../support/run-vsr.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let ffmpeg: Ffmpeg;
const at = (name: string) => path.join(folder, name);

async function runFfmpeg(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const { code, stdout } = await runProcess(ffmpeg.ffmpeg, ['-nostdin', '-y', ...args], {
    onStderrLine: (line) => lines.push(line),
  });
  assert.equal(code, 0, lines.join('\n'));
  return stdout + lines.join('\n');
}

before(async () => {
  ffmpeg = await locateFfmpeg();
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=96x64:rate=10:duration=0.8'];
  const ffv1 = ['-pix_fmt', 'yuv420p', '-c:v', 'ffv1'];
  await runFfmpeg(...source, ...ffv1, at('a.mkv'));
  await runFfmpeg(
    '-i',
    at('a.mkv'),
    '-vf',
    'noise=alls=24:allf=t+u:all_seed=3',
    ...ffv1,
    at('b.mkv'),
  );
  await runFfmpeg('-i', at('a.mkv'), '-frames:v', '6', ...ffv1, at('short.mkv'));
  await runFfmpeg('-i', at('a.mkv'), '-vf', 'scale=48:32', ...ffv1, at('small.mkv'));
  await runFfmpeg('-i', at('a.mkv'), '-vf', 'scale=128:32', ...ffv1, at('wide.mkv'));
  await runFfmpeg('-i', at('a.mkv'), '-vf', 'setpts=2*PTS', '-r', '5', ...ffv1, at('slow.mkv'));
});

async function lumaOf(file: string): Promise<Plane[]> {
  const decoded = decodeFrames(ffmpeg, await probe(ffmpeg, file));
  const planes: Plane[] = [];
  for await (const frame of decoded) {
    const { data, width, height } = planeOf(frame.data, decoded.layout, 0);
    planes.push({ data: Uint8Array.from(data), width, height });
    decoded.release(frame);
  }
  return planes;
}

test('PSNR and SSIM of each frame are those of ffmpeg', async () => {
  const [a, b] = [await lumaOf(at('a.mkv')), await lumaOf(at('b.mkv'))];
  assert.equal(a.length, 8);
  for (const [filter, field, own] of [
    ['psnr', 'psnr_y', (x: Plane, y: Plane) => psnr(x, y)],
    ['ssim', 'Y', ssimOfFfmpeg],
  ] as const) {
    const graph = `[0:v][1:v]${filter}=stats_file=-`;
    const inputs = ['-i', at('b.mkv'), '-i', at('a.mkv')];
    const text = await runFfmpeg(...inputs, '-lavfi', graph, '-f', 'null', '-');
    const figures = [...text.matchAll(new RegExp(`^n:\\d+ .*?\\b${field}:([\\d.]+)`, 'gm'))];
    assert.equal(figures.length, 8, text);
    const places = filter === 'psnr' ? 0.006 : 1e-5;
    figures.forEach((match, i) => {
      const ours = own(a[i]!, b[i]!);
      assert.ok(Math.abs(ours - Number(match[1])) < places, `${filter} ${i}: ${ours} ${match[1]}`);
    });
  }
});

type Pair = { frames: number; psnr: number | 'inf'; ssim: number; enlarged: string | null };

/** What `--json` says of the pairs, and of the file that shows the first. */
function answerOf(stdout: string): { output: string; pairs: Pair[] } {
  const { outcomes } = JSON.parse(stdout) as { outcomes: { output: string; summary: Pair }[] };
  return { output: outcomes[0]!.output, pairs: outcomes.map(({ summary }) => summary) };
}

test('a split clip has the left of one and the right of the other', async () => {
  const run = await runVsr('compare', at('a.mkv'), at('b.mkv'), '--json');
  assert.equal(run.code, 0, run.stderr);
  const { output, pairs } = answerOf(run.stdout);
  assert.equal(output, at('b.vs-a.mkv'));
  assert.equal(pairs[0]!.frames, 8);
  const made = await lumaOf(output);
  const [a, b] = [await lumaOf(at('a.mkv')), await lumaOf(at('b.mkv'))];
  assert.equal(made.length, 8);
  const part = (plane: Plane, from: number) => ({
    data: plane.data.filter((_, i) => i % 96 >= from && i % 96 < from + 40),
    width: 40,
    height: 64,
  });
  // x264 at CRF 16 loses a little.
  assert.ok(psnr(part(made[3]!, 0), part(a[3]!, 0)) > 38);
  assert.ok(psnr(part(made[3]!, 54), part(b[3]!, 54)) > 38);
});

test('side and difference, and both against a reference', async () => {
  const side = at('side.mkv');
  assert.equal(
    (await runVsr('compare', at('a.mkv'), at('b.mkv'), '--mode', 'side', '-o', side)).code,
    0,
  );
  assert.equal((await lumaOf(side))[0]!.width, 192);
  const same = at('difference.mkv');
  const run = await runVsr(
    ...['compare', at('a.mkv'), at('a.mkv'), '--reference', at('b.mkv'), '--json'],
    ...['--mode', 'difference', '-o', same],
  );
  assert.equal(run.code, 0, run.stderr);
  const { pairs } = answerOf(run.stdout);
  assert.equal(pairs.length, 3);
  assert.equal(pairs[0]!.psnr, 'inf');
  assert.equal(pairs[1]!.psnr, pairs[2]!.psnr);
  const grey = (await lumaOf(same))[0]!.data;
  assert.ok(grey.every((value) => Math.abs(value - 128) <= 1));
});

test('clips that are not alike are refused with both figures', async () => {
  const refused = async (other: string, pattern: RegExp) => {
    const run = await runVsr('compare', at('a.mkv'), at(other), '-o', at('never.mkv'));
    assert.equal(run.code, 1);
    assert.match(run.stderr, pattern);
  };
  await refused('wide.mkv', /one size but .*a\.mkv has 96x64 and .*wide\.mkv has 128x32/);
  await refused('short.mkv', /one length but .*a\.mkv has 8 frames and .*short\.mkv has 6/);
  await refused('slow.mkv', /one frame rate but .*a\.mkv has 10\.000 .* has 5\.000/);
  await refused('missing.mkv', /missing\.mkv/);
});

test('a smaller clip or picture is enlarged by plain bicubic, and it is said which side shows it', async () => {
  const [small, large, output] = [at('small.mkv'), at('a.mkv'), at('grown.mkv')];
  const run = await runVsr('compare', small, large, '-o', output);
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stderr, `Left: ${small} (enlarged by bicubic). Right: ${large}.\n`);
  const grown = (await lumaOf(small)).map((plane) => resizePlane(plane, 96, 64));
  const truth = await lumaOf(large);
  // The picture's left half is ffmpeg's bicubic with the same kernel, which rounds in another
  // place, coded by x264.
  const [shown] = await lumaOf(output);
  const half = (plane: Plane): number[] =>
    Array.from({ length: 46 * 64 }, (_, i) => plane.data[Math.floor(i / 46) * 96 + (i % 46)]!);
  const off = half(shown!).map((value, i) => Math.abs(value - half(grown[0]!)[i]!));
  const mean = off.reduce((sum, each) => sum + each, 0) / off.length;
  assert.ok(mean < 3, `${mean} of 255 apart`);
  const answer = await runVsr('compare', large, small, '-o', output, '--overwrite', '--json');
  const { pairs } = answerOf(answer.stdout);
  const mse = grown.map((plane, i) => 10 ** (-psnr(truth[i]!, plane) / 10));
  const expected = -10 * Math.log10(mse.reduce((sum, each) => sum + each, 0) / mse.length);
  assert.ok(Math.abs(Number(pairs[0]!.psnr) - expected) < 0.005, `${pairs[0]!.psnr}, ${expected}`);
  assert.equal(pairs[0]!.enlarged, small);
});

test('pictures are compared, too', async () => {
  const flat = (value: number, width: number) =>
    sharp({
      create: { width, height: 8, channels: 3, background: { r: value, g: value, b: value } },
    });
  await flat(100, 16).png().toFile(at('one.png'));
  await flat(110, 16).png().toFile(at('two.png'));
  await flat(110, 12).png().toFile(at('narrow.png'));
  const run = await runVsr('compare', at('one.png'), at('two.png'), '--mode', 'difference');
  assert.equal(run.code, 0, run.stderr);
  const { data } = await sharp(at('two.vs-one.png')).raw().toBuffer({ resolveWithObject: true });
  assert.equal(data[0], 128 - 40);
  assert.match(run.stdout, /28\.13/);
  const narrow = await runVsr('compare', at('one.png'), at('narrow.png'));
  assert.equal(narrow.code, 1);
  assert.match(narrow.stderr, /16x8 and .*narrow\.png has 12x8/);
  assert.equal((await runVsr('compare', at('one.png'), at('a.mkv'))).code, 1);
  assert.equal(
    (await runVsr('compare', at('one.png'), at('two.png'), '-o', at('one.png'))).code,
    2,
  );
});
