import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import sharp from 'sharp';
import type { Sidecar } from '../../src/metrics/sidecar.js';
import { planeOf } from '../../src/planes/frame.js';
import { frameLayout, type FrameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { segmentsDone, skip, startUpscale, until } from '../faults/vsr-process.js';
import { enlarge, enlarged, ffmpegRun, frameMd5 } from '../support/enlarge.js';
import { plainBicubic } from '../support/plain-bicubic.js';
import { writeRandomModel } from '../support/random-model.js';
import { runVsr } from '../support/run-vsr.js';
import { eventsOf } from '../support/schemas.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
const [width, height] = [96, 64];
const format = pixelFormats.get('yuv420p')!;
const [small, large] = [
  frameLayout(format, width, height),
  frameLayout(format, 2 * width, 2 * height),
];
let model: string;

/** Black on the left, white on the right; `turn` in degrees clockwise. */
async function halves(name: string, turn = 0): Promise<string> {
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    i % width < width / 2 ? 0 : 255,
  );
  const upright = sharp(data, { raw: { width, height, channels: 1 } });
  await upright.rotate(turn).toColourspace('b-w').png().toFile(at(name));
  return at(name);
}

before(async () => {
  model = await writeRandomModel(folder, 'espcn-16', 2);
  await halves('mask.png');
  const scene = ['-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}:r=10:d=4.8`];
  const coded = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '8'];
  await ffmpegRun(...scene, ...coded, at('clip.mp4'));
});

/** All frames of a file, as they are stored. */
async function framesOf(file: string, layout: FrameLayout): Promise<Uint8Array[]> {
  const raw = at('frames.raw');
  const out = ['-map', '0:v:0', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', raw];
  await ffmpegRun('-noautorotate', '-i', file, '-vsync', 'passthrough', ...out);
  const bytes = Uint8Array.from(await readFile(raw));
  return Array.from({ length: bytes.length / layout.byteLength }, (_, i) =>
    bytes.slice(i * layout.byteLength, (i + 1) * layout.byteLength),
  );
}

test('the black half is bicubic, the white half the network, each to the bit, also of a clip shown turned', async () => {
  // Turned clockwise when it is shown: the left half of its frames is the upper one then.
  const turned = at('turned.mp4');
  const bytes = await readFile(at('clip.mp4'));
  const matrix = bytes.indexOf('tkhd', 0, 'latin1') + 4 + 40;
  const one = 0x10000;
  [0, one, 0, -one, 0, 0].forEach((part, i) => bytes.writeInt32BE(part, matrix + 4 * i));
  await writeFile(turned, bytes);
  const clips = [
    [at('clip.mp4'), at('mask.png')],
    [turned, await halves('mask-turned.png', 90)],
  ] as const;
  for (const [clip, mask] of clips) {
    // MP4 holds how a picture is turned, so that its frames stay as they are; this is lossless.
    const more = { model, codec: 'h264', crf: 0, frames: 10, overwrite: true };
    const plain = await enlarged(clip, { ...more, output: at('plain.mp4') });
    const masked = await enlarged(clip, { ...more, mask, output: at('masked.mp4') });
    const sources = await framesOf(clip, small);
    const [network, ours] = [await framesOf(plain, large), await framesOf(masked, large)];
    assert.equal(ours.length, 10);
    for (const [i, frame] of ours.entries()) {
      const bicubic = plainBicubic(sources[i]!, small, large, 2);
      const [luma, byNetwork, byBicubic] = [frame, network[i]!, bicubic].map((data) =>
        planeOf(data, large, 0),
      );
      let differing = 0;
      luma!.data.forEach((sample, place) => {
        const x = place % large.width;
        // The seam lies between columns 95 and 96: the mask is white from source column 48 on.
        const isSeam = x === width - 1 || x === width;
        const expected = x < width ? byBicubic! : byNetwork!;
        if (!isSeam) assert.equal(sample, expected.data[place], `${clip}, frame ${i}, ${x}`);
        if (byBicubic!.data[place] !== byNetwork!.data[place]) differing++;
      });
      assert.ok(differing > 1000, `only ${differing} samples tell them apart`);
      const chroma = luma!.data.length;
      assert.deepEqual(frame.subarray(chroma), network[i]!.subarray(chroma));
    }
  }
});

test(
  'what a mask gives does not depend on segments, nor on an interruption; another mask is another job',
  { skip },
  async () => {
    const mask = ['--mask', at('mask.png')];
    const common = ['-m', model, '--codec', 'ffv1', '-q', '--segment-seconds', '0.7'];
    const whole = at('whole.mkv');
    const uncut = [at('clip.mp4'), '-o', whole, ...mask, ...common, '--no-segments', '--no-reuse'];
    assert.equal((await startUpscale(uncut).done).code, 0);
    const output = at('cut.mkv');
    const args = [at('clip.mp4'), '-o', output, ...common];
    const vsr = startUpscale([...args, ...mask]);
    assert.ok(await until(vsr, () => segmentsDone(output).length > 1));
    vsr.child.kill('SIGTERM');
    assert.equal((await vsr.done).code, 130);
    for (const other of [[], ['--mask', await halves('other.png', 180)]]) {
      const refused = await startUpscale([...args, ...other]).done;
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /the setting mask has changed since.*--restart/);
    }
    const first = `${output}.vsr-work/seg-00000.video`;
    const { mtimeMs } = await stat(first);
    const again = startUpscale([...args, ...mask]);
    await until(again, () => segmentsDone(output).length > 3);
    const kept = await stat(first).catch(() => null);
    if (kept !== null) assert.equal(kept.mtimeMs, mtimeMs, 'the first segment was kept');
    assert.equal((await again.done).code, 0);
    assert.equal(await frameMd5(output), await frameMd5(whole));
    const logs = await Promise.all([output, whole].map((file) => readFile(`${file}.psnr.csv`)));
    assert.deepEqual(logs[0], logs[1]);
  },
);

test('a picture is masked as a clip is, upright by its orientation, and its sidecar says so', async () => {
  const luma = Uint8Array.from({ length: width * height }, (_, i) => (i * 37 + (i >> 5)) % 256);
  await sharp(luma, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .withMetadata({ orientation: 6 })
    .png()
    .toFile(at('photo.png'));
  const mask = await halves('mask-upright.png', 90);
  const black = at('black.png');
  await sharp({ create: { width: 32, height: 48, channels: 3, background: '#000' } }).toFile(black);
  const read = (file: string) => sharp(file).toColourspace('b-w').raw().toBuffer();
  const made = await enlarge(at('photo.png'), { model, mask, output: at('photo.x2.png') });
  assert.ok(made.status === 'done');
  const plain = await read(await enlarged(at('photo.png'), { model, output: at('plain.png') }));
  const bicubic = await read(
    await enlarged(at('photo.png'), { model, mask: black, output: at('bicubic.png') }),
  );
  assert.notDeepEqual(bicubic, plain);
  (await read(made.output)).forEach((sample, place) => {
    const x = place % large.width;
    if (x === width - 1 || x === width) return;
    assert.equal(sample, (x < width ? bicubic : plain)[place], `column ${x}`);
  });
  const sidecar = JSON.parse(await readFile(`${made.output}.vsr.json`, 'utf8')) as Sidecar;
  assert.equal(sidecar.mask, mask);
  assert.match(sidecar.settings.mask!, /^[\da-f]{64}$/);
  // The same job by its content, whatever the mask's name.
  await sharp(await readFile(mask)).toFile(at('copy.png'));
  const named = { model, output: at('photo.x2.png') };
  const copied = await enlarge(at('photo.png'), { ...named, mask: at('mask-upright.png') });
  assert.equal(copied.status, 'skipped');
  const other = await enlarge(at('photo.png'), { ...named, mask: await halves('left.png', 270) });
  assert.ok(other.status === 'failed' && /another job made it/.test(other.error.message));
});

test('a dry run says what the mask does, a mask of another shape is refused, and outputs never replace it', async () => {
  const args = [at('clip.mp4'), '-m', model, '-o', at('dry.mkv'), '--dry-run'];
  const json = ['--progress', 'json', '--mask', at('mask.png')];
  const told = await runVsr('upscale', ...args, ...json);
  assert.equal(told.code, 0, told.stderr);
  const plan = eventsOf(told.stderr).find(({ event }) => event === 'plan');
  assert.ok(plan?.event === 'plan' && 'mask' in plan.facts);
  assert.deepEqual(plan.facts.mask, {
    path: at('mask.png'),
    sha256: (plan.facts.mask as { sha256: string }).sha256,
    share: 0.5,
  });
  assert.match(told.stderr, /the network makes 50 % of the picture; the rest is enlarged by bic/);
  await sharp(at('mask.png')).resize(64, 64, { fit: 'fill' }).toFile(at('square.png'));
  const refused = await runVsr('upscale', ...args, '--mask', at('square.png'));
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /Expected the mask \S+square\.png to be 96x64, .* it is 64x64\.\n$/);
  const missing = await runVsr('upscale', ...args, '--mask', at('none.png'));
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /There is no file \S+none\.png\.\n$/);
  const picture = at('picture.png');
  await sharp(at('mask.png')).negate().toFile(picture);
  const [before, onto] = [await readFile(at('mask.png')), ['-o', at('mask.png'), '--overwrite']];
  const kept = await runVsr('upscale', picture, '-m', model, '--mask', at('mask.png'), ...onto);
  assert.equal(kept.code, 2, kept.stderr);
  assert.deepEqual(await readFile(at('mask.png')), before);
});
