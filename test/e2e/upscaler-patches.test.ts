import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { openUpscaler, type Upscaled } from '../../src/enlarge/upscaler.js';
import { meanSquaredError } from '../../src/metrics/psnr.js';
import { networkOf } from '../../src/model/architectures/list.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { alignmentOf } from '../../src/model/language/network.js';
import { buildInferenceModel } from '../../src/model/networks/network-model.js';
import { onnxRuntime } from '../../src/model/runtime/onnx-runtime.js';
import { enlarged } from '../../src/planes/enlarged.js';
import { type Frame, planeOf } from '../../src/planes/frame.js';
import { frameLayout, type FrameLayout, pixelFormats } from '../../src/planes/pixel-format.js';
import { resizePlane } from '../../src/planes/resize.js';
import { initialWeights } from '../../src/training/optimiser/initial-weights.js';
import { optionsFor, picture } from '../support/picture.js';
import { runVsr } from '../support/run-vsr.js';
import { writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const ort = await onnxRuntime();

/** A small network on patches with random weights. */
async function writePatchModel(scale: number, patch = 10): Promise<string> {
  const network = networkOf('patch-mlp', scale, { width: 24, patch });
  const file = path.join(folder, `patches-${patch}-x${scale}.onnx`);
  await writeFile(file, buildInferenceModel(network, initialWeights(network, 3)));
  return file;
}

/** The same frame, later, with other samples in a rectangle of luma. */
function changed(frame: Frame, layout: FrameLayout, index: number, [x, y, size]: number[]): Frame {
  const data = new Uint8Array(new SharedArrayBuffer(frame.data.length));
  data.set(frame.data);
  const { data: luma, width, height } = planeOf(data, layout, 0);
  for (let row = y!; row < Math.min(height, y! + size!); row++) {
    luma.fill(200, row * width + x!, row * width + Math.min(width, x! + size!));
  }
  return { index, pts: index * 512, data };
}

/** What a model file makes of a whole plane, in one run; its border repeated to a whole grid. */
async function wholeRun(file: string, plane: ReturnType<typeof planeOf>, scale: number) {
  const align = alignmentOf(networkOf('patch-mlp', scale));
  const up = (extent: number) => Math.ceil(extent / align) * align;
  const [width, height] = [up(plane.width), up(plane.height)];
  const x = Float32Array.from({ length: width * height }, (_, i) => {
    const row = Math.min(plane.height - 1, Math.floor(i / width));
    return plane.data[row * plane.width + Math.min(plane.width - 1, i % width)]! / 255;
  });
  const session = await ort.InferenceSession.create(file);
  const { y } = await session.run({ x: new ort.Tensor('float32', x, [1, 1, height, width]) });
  await session.release();
  return { data: y!.data as Float32Array, width: width * scale };
}

for (const [scale, format, width, height] of [
  [1.5, 'yuv420p', 681, 95],
  [1.5, 'gray', 61, 43],
  [1, 'yuv420p', 90, 65],
  [2, 'yuv422p', 61, 44],
] as const) {
  test(`patches at ${scale}x, ${format} of ${width}x${height}: tiles give what the file gives whole, and copies the same`, async () => {
    const file = await writePatchModel(scale);
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const chain = await chooseChain(scale, file, { kind: 'clean' });
    const first = picture(layout, 0);
    const frames = [
      first,
      changed(first, layout, 1, [0, 0, 0]),
      changed(first, layout, 2, [33, 21, 3]),
      changed(first, layout, 3, [width - 4, height - 2, 9]),
    ];
    const run = async (reuse: boolean): Promise<[FrameLayout, Upscaled[]]> => {
      await using upscaler = await openUpscaler(optionsFor(chain, layout, { scores: true, reuse }));
      return [upscaler.layout, await Promise.all(frames.map((frame) => upscaler.upscale(frame)))];
    };
    const [[larger, full], [, fast]] = [await run(false), await run(true)];
    assert.deepEqual(
      [larger.width, larger.height],
      [Math.floor(width * scale), Math.floor(height * scale)],
    );
    for (const [i, { frame, scores, reused }] of fast.entries()) {
      assert.deepEqual(frame, full[i]!.frame, `frame ${i}`);
      assert.deepEqual(scores, full[i]!.scores, `scores of frame ${i}`);
      assert.ok(i === 0 ? reused === 0 : reused > 0.3, `${reused} of frame ${i} was copied`);
    }
    const source = planeOf(first.data, layout, 0);
    const made = planeOf(full[0]!.frame.data, larger, 0);
    const whole = await wholeRun(file, source, scale);
    let worst = 0;
    made.data.forEach((value, i) => {
      const at = Math.floor(i / made.width) * whole.width + (i % made.width);
      const wanted = Math.min(255, Math.max(0, whole.data[at]! * 255));
      worst = Math.max(worst, Math.abs(value - wanted));
    });
    assert.ok(worst <= 0.501, `a sample is ${worst} off`);
    // The scores are those of bicubic at this very scale.
    const bicubic = resizePlane(source, made.width, made.height, 8, { scale });
    const reduced = resizePlane(made, width, height, 8, { scale: 1 / scale });
    const { toBicubicY, toSourceY } = full[0]!.scores;
    assert.ok(Math.abs(toBicubicY! - meanSquaredError(bicubic, made)) < 1e-9 * toBicubicY!);
    assert.ok(Math.abs(toSourceY! - meanSquaredError(reduced, source)) < 1e-9 * toSourceY!);
  });
}

test('chroma at 3/2 lies where luma of the same samples lies, at its siting', async () => {
  const chain = await chooseChain(1.5, await writePatchModel(1.5), { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 64, 48);
  const frame = picture(layout, 0);
  // A slope along x: sample i of left-sited chroma shows the place of luma 2i.
  const { data, width } = planeOf(frame.data, layout, 1);
  data.forEach((_, i) => (data[i] = 40 + 4 * (i % width)));
  await using upscaler = await openUpscaler(optionsFor(chain, layout));
  const { frame: larger } = await upscaler.upscale(frame);
  const chroma = planeOf(larger.data, upscaler.layout, 1);
  for (let x = 6; x < chroma.width - 6; x++) {
    // Large chroma x lies at large luma 2x: at luma (2x + 1/2) / 1.5 - 1/2, at chroma half of that.
    const place = ((2 * x + 0.5) / 1.5 - 0.5) / 2;
    const value = chroma.data[12 * chroma.width + x]!;
    assert.ok(Math.abs(value - (40 + 4 * place)) <= 0.75, `column ${x}: ${value}`);
  }
});

test('a pass on patches joins with one on convolutions, before it and after it', async () => {
  const patches = await writePatchModel(1.5);
  const convolutions = await writeRandomModel(folder, 'espcn-16', 2);
  const layout = frameLayout(pixelFormats.get('gray')!, 333, 62);
  for (const model of [`${patches},${convolutions}`, `${convolutions},${patches}`]) {
    const chain = await chooseChain(3, model, { kind: 'clean' });
    const frames = [picture(layout, 0)];
    frames.push(changed(frames[0]!, layout, 1, [101, 33, 2]));
    const run = async (reuse: boolean): Promise<Upscaled[]> => {
      await using upscaler = await openUpscaler(optionsFor(chain, layout, { reuse }));
      assert.deepEqual([upscaler.layout.width, upscaler.layout.height], [999, 186]);
      return await Promise.all(frames.map((frame) => upscaler.upscale(frame)));
    };
    const [full, fast] = [await run(false), await run(true)];
    assert.ok(fast[1]!.reused > 0.2);
    // Computed in other tiles: an edge or a grid out of step would show.
    assert.deepEqual(fast[1]!.frame, full[1]!.frame);
  }
});

test('the command line enlarges a picture by 3/2, cleans one at 1, and says what it cannot', async () => {
  const { default: sharp } = await import('sharp');
  const source = path.join(folder, 'odd.png');
  const size = { width: 45, height: 31 };
  await sharp({ create: { ...size, channels: 3, background: '#284' } })
    .png()
    .toFile(source);
  for (const scale of [1.5, 1]) {
    const model = await writePatchModel(scale);
    const made = await runVsr('upscale', source, '-s', String(scale), '-m', model);
    assert.equal(made.code, 0, made.stderr);
    const { width, height } = await sharp(path.join(folder, `odd.x${scale}.png`)).metadata();
    assert.deepEqual([width, height], [enlarged(45, scale), enlarged(31, scale)]);
  }
  const wrong = async (...words: string[]) => {
    const { code, stderr } = await runVsr(...words);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(
    await wrong('upscale', source, '-s', '1.5'),
    /scale that can be made with the models there are but received 1.5. Try one of: 2, 3,/,
  );
  assert.match(
    await wrong('upscale', source, '-s', '4', '-m', await writePatchModel(1.5)),
    /but received 4. Try one of: 1\.5\./,
  );
  assert.match(await wrong('upscale', source, '-s', '1.3'), /a whole or half number of at least 1/);
  const quantized = await runVsr('quantize', await writePatchModel(1.5), '-p', folder);
  assert.equal(quantized.code, 1);
  assert.match(quantized.stderr, /dense layers, for which there is no 8-bit form/);
});
