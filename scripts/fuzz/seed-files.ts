import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { networkOf } from '../../src/model/architectures/list.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';
import { parameterCount } from '../../src/model/language/network.js';
import { packageRoot } from '../../src/package-root.js';
import { initialState } from '../../src/training/optimiser/optimiser.js';
import { writeCheckpoint } from '../../src/training/saved/checkpoint.js';
import { enlarge, ffmpegRun } from '../../test/support/enlarge.js';
import { randomOf } from './damage.js';

/** The kinds of files: how a damaged one is read. `work` is a clip whose work folder is damaged. */
export const kinds = ['clip', 'still', 'model', 'checkpoint', 'log', 'sidecar', 'work'] as const;
export type Kind = (typeof kinds)[number];

/** A whole file to damage. */
export type SeedFile = { readonly kind: Kind; readonly path: string };

const scene = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=0.32'];
const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=0.32'];
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '4', '-pix_fmt', 'yuv420p'];
const [aac, mp2] = [
  ['-c:a', 'aac'],
  ['-c:a', 'mp2'],
];

/** The clips, by file name: eight frames each, many with sound; with ffmpeg's arguments. */
const clips: Readonly<Record<string, readonly string[]>> = {
  'h264.mp4': [...scene, ...tone, ...x264, ...aac],
  'fragmented.mp4': [...scene, ...tone, ...x264, ...aac, '-movflags', 'frag_keyframe+empty_moov'],
  'h264.mkv': [...scene, ...tone, ...x264, ...aac],
  'h264.mov': [...scene, ...x264],
  'h264.flv': [...scene, ...tone, ...x264, ...aac],
  'h264.ts': [...scene, ...tone, ...x264, ...mp2],
  'h264.264': [...scene, ...x264, '-f', 'h264'],
  'hevc.mkv': [...scene, '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=0'],
  'vp9.webm': [...scene, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  'vp8.webm': [...scene, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
  'mpeg4.avi': [...scene, ...tone, '-c:v', 'mpeg4', '-bf', '2', ...mp2],
  'mjpeg.avi': [...scene, '-c:v', 'mjpeg'],
  'mpeg2.mpg': [...scene, ...tone, '-c:v', 'mpeg2video', ...mp2],
  'theora.ogv': [...scene, '-c:v', 'libtheora'],
  'wmv2.wmv': [...scene, '-c:v', 'wmv2'],
  'ffv1.mkv': [...scene, '-c:v', 'ffv1', '-pix_fmt', 'yuv422p10le'],
  'prores.mov': [...scene, '-c:v', 'prores_ks', '-profile:v', '0'],
  'animated.gif': [...scene],
  'raw.y4m': [...scene, '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe'],
};

async function makeClips(folder: string): Promise<string[]> {
  const made: string[] = [];
  for (const [name, args] of Object.entries(clips)) {
    const file = path.join(folder, name);
    // Where this ffmpeg lacks the encoder, there is one clip fewer.
    const done = await ffmpegRun(...args, file).then(
      () => true,
      () => false,
    );
    if (done) made.push(file);
  }
  return made;
}

/** Small odd clips by other makers; none where the shared data is not beside the checkout. */
async function oddClips(folder: string): Promise<string[]> {
  const from = path.join(packageRoot(), '..', 'shared', 'data', 'odd');
  const names = await readdir(from).catch(() => []);
  const made: string[] = [];
  for (const name of names) {
    if ((await stat(path.join(from, name))).size > 30_000) continue;
    const file = path.join(folder, `odd-${name}`);
    await copyFile(path.join(from, name), file);
    made.push(file);
  }
  return made;
}

async function makeStills(folder: string): Promise<string[]> {
  const picture = await ffmpegRun(...scene, '-frames:v', '1', path.join(folder, 'still.png')).then(
    () => sharp(path.join(folder, 'still.png')),
  );
  const named = ['still.jpg', 'still.webp', 'still.tif'].map((name) => path.join(folder, name));
  for (const file of named) await picture.clone().toFile(file);
  return [path.join(folder, 'still.png'), ...named];
}

/** Writes a small network whose weights are small enough to keep values near a picture's range. */
export async function writeTinyModel(file: string): Promise<void> {
  const network = networkOf('espcn-16', 2);
  const random = randomOf(3);
  const weights = Float32Array.from(
    { length: parameterCount(network) },
    () => (random() - 0.5) * 0.1,
  );
  await writeFile(file, buildInferenceModel(network, weights));
}

/** Makes all seed files below `folder`. */
export async function makeSeedFiles(folder: string): Promise<SeedFile[]> {
  await mkdir(folder, { recursive: true });
  const of = (kind: Kind, files: readonly string[]): SeedFile[] =>
    files.map((file) => ({ kind, path: file }));
  const model = path.join(folder, 'tiny-x2.onnx');
  await writeTinyModel(model);
  const made = await makeClips(folder);
  const source = path.join(folder, 'h264.mp4');
  const files: SeedFile[] = [
    ...of('clip', made),
    ...of('clip', await oddClips(folder)),
    ...of('still', await makeStills(folder)),
    ...of('model', [model, path.join(packageRoot(), 'models', 'espcn-16-x2.onnx')]),
  ];
  const checkpoint = path.join(folder, 'checkpoint.bin');
  const state = initialState(Float32Array.from({ length: 400 }, (_, i) => i / 400));
  const facts = { arch: 'espcn', rate: 0.001 };
  await writeCheckpoint(checkpoint, {
    ...{ facts, step: 7, windowStart: 3, windowStep: 5, bestPsnr: 31.5, bestStep: 6, state },
    best: new Float32Array(400),
  });
  for (const log of ['log.csv', 'log.jsonl']) {
    const output = path.join(folder, `of-${log}.mkv`);
    const outcome = await enlarge(source, { model, output, log: path.join(folder, log) });
    if (outcome.status === 'failed') throw outcome.error;
    files.push({ kind: 'log', path: path.join(folder, log) });
    if (log === 'log.csv') files.push({ kind: 'sidecar', path: `${output}.vsr.json` });
  }
  return [...files, { kind: 'checkpoint', path: checkpoint }, { kind: 'work', path: source }];
}
