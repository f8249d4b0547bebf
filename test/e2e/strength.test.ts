import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import test from 'node:test';
import { upscale, type UpscaleOptions } from '../../src/index.js';
import { compressionOfClip } from '../../src/media/compression/compression.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { networkOf } from '../../src/model/architectures/list.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';
import { initialWeights } from '../../src/training/optimiser/initial-weights.js';
import { makePicture } from '../../src/training/pictures/picture-job.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);

const found = await locateFfmpeg();
const embedded = await locateFfmpeg({
  ffmpeg: (await import('@ffmpeg-installer/ffmpeg')).default.path,
});

/** A short clip with grain, coded as told. */
function code(name: string, ...coder: string[]): string {
  const picture = 'testsrc2=size=96x64:rate=12:duration=0.5,noise=alls=6,format=yuv420p';
  const args = ['-v', 'error', '-y', '-f', 'lavfi', '-i', picture, ...coder, at(name)];
  execFileSync(found.ffmpeg, args);
  return at(name);
}

async function enlarged(input: string, options: UpscaleOptions) {
  for await (const event of upscale(input, { provider: 'cpu', log: false, ...options })) {
    if (event.event === 'failed') throw new Error(event.error.message);
  }
  return readSidecar(`${options.output}.vsr.json`);
}

test('the quantiser of each codec is read, with every build of ffmpeg alike', async () => {
  const clips: readonly (readonly [string, number, readonly string[]])[] = [
    ['mpeg2.mkv', 8, ['-c:v', 'mpeg2video', '-q:v', '4']],
    ['mpeg4.avi', 12, ['-c:v', 'mpeg4', '-q:v', '6']],
    ['h264.mp4', 16, ['-c:v', 'libx264', '-qp', '28', '-bf', '0', '-x264-params', 'ipratio=1']],
  ];
  for (const [name, step, coder] of clips) {
    const file = code(name, ...coder);
    for (const ffmpeg of [found, embedded]) {
      const { by, isCompressed } = await compressionOfClip(ffmpeg, await probe(ffmpeg, file));
      assert.equal(by, `quantiser step ${step.toFixed(1)}`, name);
      assert.ok(isCompressed);
    }
  }
  const lossless = code('lossless.mkv', '-c:v', 'ffv1');
  const { strength } = await compressionOfClip(found, await probe(found, lossless));
  assert.equal(strength, 0);
});

test('a network with a dial stands where the source or --strength says, and the sidecar tells it', async () => {
  const plain = networkOf('espcn-16', 2, { depth: 2 });
  const base = initialWeights(plain, 1);
  const slopes = initialWeights(plain, 2);
  const dial = buildInferenceModel(
    { ...plain, strength: true },
    new Float32Array([...base, ...slopes]),
  );
  await writeFile(at('dial.onnx'), dial);
  const sum = base.map((value, i) => value + 0.75 * slopes[i]!);
  await writeFile(at('sum.onnx'), buildInferenceModel(plain, sum));
  const input = code('source.mkv', '-c:v', 'mpeg2video', '-q:v', '4');
  const model = at('dial.onnx');
  const looked = await enlarged(input, { model, output: at('looked.mkv'), codec: 'ffv1' });
  // A step of 8 is two octaves of five above 2.
  assert.equal(looked.settings.strength, 0.4);
  const told = { output: at('told.mkv'), codec: 'ffv1', strength: 0.75 } as const;
  const turned = await enlarged(input, { model, ...told });
  assert.equal(turned.settings.strength, 0.75);
  assert.equal(turned.settings.asked?.strength, 0.75);
  assert.notEqual(turned.job, looked.job);
  await enlarged(input, { model: at('sum.onnx'), output: at('sum.mkv'), codec: 'ffv1' });
  const frames = (file: string) =>
    execFileSync(found.ffmpeg, ['-v', 'error', '-i', file, '-f', 'framemd5', '-']).toString();
  assert.equal(frames(at('told.mkv')), frames(at('sum.mkv')));
  assert.notEqual(frames(at('told.mkv')), frames(at('looked.mkv')));
});

test('a JPEG picture gets the network for compressed sources, a PNG of it does not', async () => {
  const noise = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 2654435761) >>> 25);
  const picture = sharp(noise, { raw: { width: 64, height: 48, channels: 3 } }).blur(1);
  await picture.clone().jpeg({ quality: 80 }).toFile(at('photo.jpg'));
  await picture.clone().png().toFile(at('photo.png'));
  const ofJpeg = await enlarged(at('photo.jpg'), { output: at('photo.x2.jpg') });
  assert.match(ofJpeg.model.passes[0]!.name, /codec/);
  assert.match(ofJpeg.missing.map(({ why }) => why).join(), /compressed \(quantiser step 5\.\d\)/);
  const ofPng = await enlarged(at('photo.png'), { output: at('photo.x2.png') });
  assert.doesNotMatch(ofPng.model.passes[0]!.name, /codec/);
});

test('training pictures of all coders come with the strength of their coding, as do frames of clips', async () => {
  const clip = code('footage.mp4', '-c:v', 'libx264', '-qp', '0');
  const degradation = { kind: 'codecs', noise: 0, crf: [23, 23], clean: 0 } as const;
  await sharp(await readFile(at('photo.png')))
    .resize(200, 160)
    .png()
    .toFile(at('large.png'));
  const strengths: number[] = [];
  for (let n = 0; n < 8; n++) {
    const file = n % 3 === 0 ? clip : at('large.png');
    const made = await makePicture({
      ...{ file, reduce: 1, scale: 2, colour: 'luma', degradation, place: [3, n], least: 16 },
    });
    assert.ok('picture' in made, JSON.stringify(made));
    const { low, high, strength } = made.picture;
    assert.deepEqual([low[0]!.width * 2, low[0]!.height * 2], [high[0]!.width, high[0]!.height]);
    strengths.push(strength);
  }
  // As coarse as x264 at CRF 23, whatever the coder; DV has one rate.
  assert.ok(
    strengths.every((strength) => strength > 0.1 && strength < 0.9),
    strengths.join(' '),
  );
  assert.ok(new Set(strengths).size > 4);
});
