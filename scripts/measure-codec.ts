import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onnxRuntime } from '../src/model/runtime/onnx-runtime.js';
import { locateFfmpeg } from '../src/media/program/ffmpeg.js';
import { psnr } from '../src/metrics/psnr.js';
import { compressionOfClip } from '../src/media/compression/compression.js';
import { probe } from '../src/media/source/probe.js';
import { chooseModel } from '../src/model/catalogue/chain.js';
import { turnedTo } from '../src/model/load/load-model.js';
import { encodeModel } from '../src/model/onnx/model-file.js';
import { packageRoot } from '../src/package-root.js';
import type { Plane } from '../src/planes/plane.js';
import { resizePlane } from '../src/planes/resize.js';

/*
 * node build/scripts/measure-codec.js [models...] [--crf 23,28] [--coder x264] [--frames 24]: what
 * 2x networks gain over bicubic on compressed clips, none of which was trained on. The reference is
 * a clip's first frames, reduced by area averaging to 640x352; the source is that reduced by 2
 * (swscale bicubic) and encoded. The gain is the Y-PSNR over that of bicubic on the same decoded
 * frames, in dB, without 2 samples at each border. --crf is the encoder's quality; for mpeg2, mpeg4
 * and mjpeg it is the quantiser's scale. A network with a dial runs at the strength that vsr
 * upscale would measure in the encoded clip, which is printed.
 */

/** The clips by which networks and settings were chosen; `unseen` took no part in any choice. */
const judged = ['05_default_juggle.mp4', 'squirrel.mp4', 'bigbuckbunny.mp4', 'flower.mp4'].concat(
  'butterfly.mp4',
);
const unseen = ['01_dog.mp4', 'Issue 515 (java).mp4', 'small_bunny_1080p_60fps.mp4'].concat(
  'VID_1280x720_cavlc_temporal_direct.264',
  'old_town_1080i_10bit_PPH10I6.264',
);
const [width, height] = [640, 352];

/** ffmpeg's arguments for each encoder at a quality. */
const coders: Readonly<Record<string, (quality: string) => string[]>> = {
  x264: (crf) => ['-c:v', 'libx264', '-preset', 'medium', '-crf', crf],
  x265: (crf) => ['-c:v', 'libx265', '-x265-params', 'log-level=error', '-crf', crf],
  mpeg2: (scale) => ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', scale],
  mpeg4: (scale) => ['-c:v', 'mpeg4', '-bf', '2', '-q:v', scale],
  mjpeg: (scale) => ['-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg', '-q:v', scale],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    crf: { type: 'string', default: '23,28' },
    coder: { type: 'string', default: 'x264' },
    frames: { type: 'string', default: '24' },
  },
});
const clips = path.join(packageRoot(), '../shared/data/clips');
if (!existsSync(clips)) {
  console.error(`Expected clips in ${clips} but there are none.`);
  process.exit(2);
}
const coder = coders[values.coder];
if (coder === undefined) {
  console.error(`Expected one of ${Object.keys(coders).join(', ')} but received ${values.coder}.`);
  process.exit(2);
}
const frames = Number(values.frames);
const programs = await locateFfmpeg();
const { ffmpeg } = programs;
const run = (...args: string[]) => execFileSync(ffmpeg, ['-v', 'error', '-y', ...args]);
const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-codec-'));

/** Luma of frame `i`, of size `w` x `h`, of a raw yuv420p file's bytes. */
function luma(bytes: Buffer, i: number, w: number, h: number): Plane {
  const start = i * w * h * 1.5;
  return { data: bytes.subarray(start, start + w * h), width: w, height: h };
}

const ort = await onnxRuntime();
const names = positionals.length > 0 ? positionals : ['espcn-16-x2', 'espcn-16-codec-x2'];
const models = await Promise.all(names.map((name) => chooseModel(name)));
type Session = Awaited<ReturnType<typeof ort.InferenceSession.create>>;

async function enlarge(session: Session, low: Plane): Promise<Plane> {
  const values = Float32Array.from(low.data, (v) => v / 255);
  const { y } = await session.run({
    x: new ort.Tensor('float32', values, [1, 1, low.height, low.width]),
  });
  // Clamped and rounded by the array's type.
  const data = Uint8ClampedArray.from(y!.data as Float32Array, (v) => v * 255);
  return { data: new Uint8Array(data.buffer), width, height };
}

/** Mean gain of each network in dB on one clip at one quality, and the compression strength. */
async function gains(clip: string, quality: string): Promise<[number[], number]> {
  const at = (name: string) => path.join(folder, name);
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p'];
  const full = ['-f', 'rawvideo', '-pix_fmt', 'yuvj420p'];
  const area = `scale=${width}:${height}:flags=area,format=yuv420p`;
  run('-i', path.join(clips, clip), '-frames:v', `${frames}`, '-vf', area, ...raw, at('high.yuv'));
  const half = `scale=${width / 2}:${height / 2}:flags=bicubic`;
  run(
    // MJPEG takes full-range samples: these count as such on the way in and out, so that ffmpeg
    // converts no range.
    ...[
      ...(values.coder === 'mjpeg' ? full : raw),
      '-s',
      `${width}x${height}`,
      '-r',
      '25',
      '-i',
      at('high.yuv'),
      '-vf',
      half,
    ],
    ...[...coder!(quality), at('low.mkv')],
  );
  run('-i', at('low.mkv'), ...(values.coder === 'mjpeg' ? full : raw), at('low.yuv'));
  const { strength } = await compressionOfClip(programs, await probe(programs, at('low.mkv')));
  const sessions: Session[] = [];
  for (const model of models) {
    const turned = await turnedTo(model, strength);
    sessions.push(await ort.InferenceSession.create(encodeModel(turned.model)));
  }
  const [high, low] = [await readFile(at('high.yuv')), await readFile(at('low.yuv'))];
  const count = Math.min(frames, high.length / (width * height * 1.5));
  const sums = names.map(() => 0);
  for (let i = 0; i < count; i++) {
    const truth = luma(high, i, width, height);
    const small = luma(low, i, width / 2, height / 2);
    const bicubic = psnr(truth, resizePlane(small, width, height), 8, 2);
    for (const [j, session] of sessions.entries()) {
      sums[j]! += psnr(truth, await enlarge(session, small), 8, 2) - bicubic;
    }
  }
  for (const session of sessions) await session.release();
  return [sums.map((sum) => sum / count), strength];
}

const signed = (dB: number) => `${dB < 0 ? '' : '+'}${dB.toFixed(2)}`.padStart(7);
const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
try {
  for (const crf of values.crf.split(',')) {
    const heading = `${values.coder} ${crf}`.padEnd(40);
    console.log(`\n${heading} strength  ${names.join('  ')}`);
    for (const list of [judged, unseen]) {
      const rows: number[][] = [];
      for (const clip of list) {
        const [row, strength] = await gains(clip, crf);
        rows.push(row);
        console.log(`${clip.padEnd(40)}${strength.toFixed(2)}  ${row.map(signed).join('  ')}`);
      }
      const means = names.map((_, j) => mean(rows.map((row) => row[j]!)));
      console.log(`${'mean'.padEnd(46)}${means.map(signed).join('  ')}`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
