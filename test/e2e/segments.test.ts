import assert from 'node:assert/strict';
import { copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { enlarged, ffmpegRun, frameMd5 } from '../support/enlarge.js';
import type { UpscaleOptions } from '../../src/upscale/plan/options.js';
import { onlyInLongForm } from '../support/long-form.js';
import { writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let model: string;

before(async () => {
  model = await writeRandomModel(folder, 'espcn-16', 2);
});

const scene = (size: string, rate: string, seconds: number): string[] => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];
const x264 = (params: string): string[] => [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  ...['-x264-params', `keyint=8:scenecut=0:${params}`],
];
/** Irregular times: every third frame is missing, and every fifth comes late. */
const irregular = ['-vf', "select='mod(n,3)',setpts='PTS+mod(N,5)*0.01/TB'", '-vsync', 'vfr'];

/** Clips of each kind, by file name; each in more than two segments of half a second. */
const clips: Readonly<Record<string, string[]>> = {
  'constant.mp4': [...scene('48x32', '25', 3), ...x264('bframes=0')],
  'b-frames.mp4': [...scene('48x32', '25', 3), ...x264('bframes=3:b-adapt=0:b-pyramid=normal')],
  'open-gop.mkv': [...scene('48x32', '24000/1001', 3), ...x264('bframes=3:b-adapt=0:open-gop=1')],
  'open-gop.mp4': [...scene('48x32', '24000/1001', 3), ...x264('bframes=3:b-adapt=0:open-gop=1')],
  'variable.mkv': [...scene('48x32', '30', 3), ...irregular, ...x264('bframes=2:b-adapt=0')],
  'variable.mp4': [...scene('48x32', '30', 3), ...irregular, ...x264('bframes=2:b-adapt=0')],
  'ten-bit.mkv': [
    ...scene('64x64', '25', 3),
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le'],
    ...['-x265-params', 'keyint=10:min-keyint=10:scenecut=0:open-gop=1:bframes=3:log-level=none'],
  ],
  'odd-size.webm': [
    ...scene('33x27', '25', 3),
    ...['-c:v', 'libvpx-vp9', '-g', '10', '-deadline', 'realtime', '-cpu-used', '8'],
  ],
  'late-start.mp4': ['-itsoffset', '1.3', ...scene('48x32', '25', 3), ...x264('bframes=2')],
  'transport.ts': [...scene('48x32', '25', 3), ...x264('bframes=2:b-adapt=0')],
  'old.avi': [...scene('48x32', '25', 3), '-c:v', 'mpeg4', '-bf', '2', '-g', '10'],
};

/** What stands between a clip that is copied and its copy, by the copy's file name. */
const copies: Readonly<Record<string, { readonly of: string; readonly how: readonly string[] }>> = {
  // An edit list begins between two keyframes: what is before it is decoded and not shown.
  'edit-list.mp4': { of: 'b-frames.mp4', how: ['-ss', '0.5'] },
  'trimmed.mov': { of: 'constant.mp4', how: ['-itsoffset', '-0.9'] },
  'negative-start.mkv': { of: 'b-frames.mp4', how: ['-itsoffset', '-0.7'] },
  'negative-start.mp4': { of: 'constant.mp4', how: ['-itsoffset', '-0.7'] },
};

/** Kinds that differ little from another one here. */
const alike = [
  ...['open-gop.mkv', 'late-start.mp4', 'trimmed.mov', 'negative-start.mp4', 'constant.mp4'],
  ...['b-frames.mp4', 'variable.mp4', 'negative-start.mkv', 'odd-size.webm', 'old.avi'],
  'ten-bit.mkv',
];
const skipOf = (name: string): string | false => alike.includes(name) && onlyInLongForm;

async function makeClip(name: string, args: readonly string[]): Promise<string> {
  const file = path.join(folder, name);
  await ffmpegRun(...args, file);
  return file;
}

type Plan = { readonly segments: readonly unknown[] };

/**
 * Compares frames, times and log of a clip enlarged uncut with those of the same clip in segments,
 * and again with every second segment done again, so that decoding begins at each of their cuts.
 */
async function checkSame(clip: string, options: UpscaleOptions = {}): Promise<string> {
  const name = path.basename(clip);
  const common = { model, codec: 'ffv1' as const, ...options };
  const [cut, whole] = ['cut', 'whole'].map((kind) => path.join(folder, `${name}.${kind}.mkv`));
  await enlarged(clip, { ...common, output: whole!, segments: false });
  const frames = await frameMd5(whole!);
  assert.ok(frames.split('\n').length > 20, 'frames are hashed');
  const log = await readFile(`${whole!}.psnr.csv`, 'utf8');
  assert.match(log, /,-?\d+\.\d{4},-?\d+,\w+,\w*$/m, 'flicker is measured');
  // The first run does everything but cannot write its log: all segments wait for the next one.
  const cutOptions = { ...common, output: cut!, segmentSeconds: 0.5 };
  const nowhere = path.join(clip, 'a-file-is-no-folder.csv');
  await assert.rejects(enlarged(clip, { ...cutOptions, log: nowhere }), /Writing .* failed/);
  const work = `${cut!}.vsr-work`;
  const plan = JSON.parse(await readFile(path.join(work, 'plan.json'), 'utf8')) as Plan;
  assert.ok(plan.segments.length > 2, `${plan.segments.length} segments`);
  const joined = (await readdir(work)).find((file) => /^joined\.\d/.test(file));
  assert.equal(await frameMd5(path.join(work, joined!)), frames, 'decoded in one go');
  for (let i = 1; i < plan.segments.length; i += 2) {
    await rm(path.join(work, `seg-${String(i).padStart(5, '0')}.json`));
  }
  await enlarged(clip, cutOptions);
  assert.equal(await frameMd5(cut!), frames, 'decoded from each cut');
  assert.equal(await readFile(`${cut!}.psnr.csv`, 'utf8'), log);
  await assert.rejects(stat(work), 'nothing is left');
  return frames;
}

for (const [name, args] of Object.entries(clips)) {
  test(
    `${name}: segments joined are the uncut run, frame for frame and tick for tick`,
    { skip: skipOf(name) },
    async () => {
      await checkSame(await makeClip(name, args));
    },
  );
}

test('averaged over frames, with guided chroma and a reference: the same, by every way of working', async () => {
  const clip = await makeClip('steady.mp4', clips['b-frames.mp4']!);
  const reference = await makeClip('truth.mkv', [
    ...['-i', clip, '-vf', 'scale=96:64', '-c:v', 'ffv1', '-pix_fmt', 'yuv420p'],
  ]);
  // By its name it is one for compressed sources.
  const codec = path.join(folder, 'random-codec-x2.onnx');
  await copyFile(model, codec);
  const asked = { model: codec, reference, chroma: 'guided' } as const;
  const frames = await checkSame(clip, { ...asked, steady: 'auto' });
  const [plain, others] = [path.join(folder, 'plain.mkv'), path.join(folder, 'others.mkv')];
  const common = { ...asked, codec: 'ffv1' as const };
  await enlarged(clip, { ...common, output: plain, steady: 'off' });
  assert.notEqual(await frameMd5(plain), frames);
  await enlarged(clip, { ...common, output: others, steady: 'auto', workers: 1, reuse: false });
  assert.equal(await frameMd5(others), frames);
  const log = await readFile(path.join(folder, 'steady.mp4.whole.mkv.psnr.csv'), 'utf8');
  assert.equal(await readFile(`${others}.psnr.csv`, 'utf8'), log);
  assert.match(log, /(,-?\d+\.\d{4}){3},-?\d+,\w+,\w*$/m, 'flicker against both');
});

for (const [name, { of, how }] of Object.entries(copies)) {
  test(
    `${name}: segments joined are the uncut run, frame for frame and tick for tick`,
    { skip: skipOf(name) },
    async () => {
      const original = await makeClip(`of-${name}-${of}`, clips[of]!);
      const copy = ['-c', 'copy', '-avoid_negative_ts', 'disabled'];
      await checkSame(await makeClip(name, [...how, '-i', original, ...copy]));
    },
  );
}
