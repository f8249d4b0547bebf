import assert from 'node:assert/strict';
import test from 'node:test';
import { onnxRuntime } from '../../src/model/runtime/onnx-runtime.js';
import { chainOf, chooseChain } from '../../src/model/catalogue/chain.js';
import { loadModel } from '../../src/model/load/load-model.js';
import { planeOf, type Frame } from '../../src/planes/frame.js';
import { frameLayout, pixelFormats, type FrameLayout } from '../../src/planes/pixel-format.js';
import { resizePlane } from '../../src/planes/resize.js';
import { meanSquaredError } from '../../src/metrics/psnr.js';
import { openUpscaler } from '../../src/enlarge/upscaler.js';
import { optionsFor, picture } from '../support/picture.js';
import { writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ort = await onnxRuntime();

const folder = temporaryFolder();
/** The model file run by itself on whole frames, float in and out, one pass after the other. */
async function wholeRun(files: string[], frame: Frame, layout: FrameLayout): Promise<Float32Array> {
  const { data, width, height } = planeOf(frame.data, layout, 0);
  const unit = Math.fround(1 / (2 ** layout.format.bitDepth - 1));
  let tensor = new ort.Tensor(
    'float32',
    Float32Array.from(data, (v) => v * unit),
    [1, 1, height, width],
  );
  for (const file of files) {
    const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
    tensor = (await session.run({ x: tensor })).y as typeof tensor;
    await session.release();
  }
  return tensor.data;
}

function stored(values: Float32Array, bitDepth: number): number[] {
  const peak = 2 ** bitDepth - 1;
  return Array.from(values, (v) =>
    Math.floor(Math.min(peak + 0.5, Math.max(0, Math.fround(Math.fround(v * peak) + 0.5)))),
  );
}

for (const [arch, scale, passes, format, width, height] of [
  ['espcn-16', 2, 1, 'yuv420p', 70, 300],
  ['espcn', 3, 1, 'yuv420p', 1013, 91],
  ['espcn-16', 2, 2, 'yuv420p', 75, 853],
  ['espcn', 2, 3, 'yuv444p', 33, 1801],
  ['espcn-16', 2, 2, 'gray', 1, 3],
  ['espcn-16', 2, 1, 'yuv422p10le', 640, 121],
  ['espcn', 2, 1, 'gray12le', 8, 8],
  ['espcn-u32', 2, 1, 'yuv420p', 70, 700],
  ['espcn-u32', 2, 2, 'yuv420p', 1010, 180],
] as const) {
  test(`strips of ${arch} x${scale}, ${passes} passes, ${format} ${width}x${height}, are the whole run to the bit`, async () => {
    const file = await writeRandomModel(folder, arch, scale);
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const chain = await chooseChain(scale ** passes, file, { kind: 'clean' });
    assert.equal(chain.passes.length, passes);
    await using upscaler = await openUpscaler(optionsFor(chain, layout));
    const frame = picture(layout, 3);
    const { frame: larger } = await upscaler.upscale(frame);
    assert.equal(larger.pts, frame.pts);
    const whole = await wholeRun(Array<string>(passes).fill(file), frame, layout);
    const { bitDepth } = layout.format;
    const luma = Array.from(planeOf(larger.data, upscaler.layout, 0).data);
    assert.deepEqual(luma, stored(whole, bitDepth));
  });
}

test('passes of 3x and 2x on odd sizes are the whole runs to the bit, in either order', async () => {
  const files = [
    await writeRandomModel(folder, 'espcn-16', 3),
    await writeRandomModel(folder, 'espcn-16', 2),
  ];
  const layout = frameLayout(pixelFormats.get('gray')!, 71, 233);
  for (const order of [files, [...files].reverse()]) {
    const chain = chainOf(await Promise.all(order.map((file) => loadModel(file))));
    await using upscaler = await openUpscaler(optionsFor(chain, layout));
    const frame = picture(layout, 5);
    const { frame: larger } = await upscaler.upscale(frame);
    const whole = await wholeRun(order, frame, layout);
    assert.deepEqual(Array.from(larger.data), stored(whole, 8));
  }
});

for (const format of ['yuv420p', 'yuv422p10le', 'yuva420p'] as const) {
  test(`a first frame that many threads make together is that of one thread, ${format}`, async () => {
    const file = await writeRandomModel(folder, 'espcn-16', 2);
    const chain = await chooseChain(2, file, { kind: 'clean' });
    const layout = frameLayout(pixelFormats.get(format)!, 702, 905);
    const frame = picture(layout, 5);
    const made = [];
    for (const workers of [1, 2, 5]) {
      const options = optionsFor(chain, layout, { scores: true, workers });
      await using upscaler = await openUpscaler(options);
      const { frame: larger, scores, reused } = await upscaler.upscale(frame);
      made.push({ larger, scores, reused });
    }
    assert.deepEqual(made[1], made[0]);
    assert.deepEqual(made[2], made[0]);
  });
}

test('chroma lies where its siting says, and odd sizes round up', async () => {
  const file = await writeRandomModel(folder, 'espcn-16', 2);
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 51, 37);
  for (const siting of ['left', 'center', 'topleft'] as const) {
    await using upscaler = await openUpscaler(optionsFor(chain, layout, { siting, workers: 1 }));
    const frame = picture(layout, 0);
    const { frame: larger } = await upscaler.upscale(frame);
    for (const p of [1, 2]) {
      const source = planeOf(frame.data, layout, p);
      const expected = resizePlane(source, 52, 38, 8, {
        shiftX: siting === 'center' ? 0 : 1 / 8,
        shiftY: siting === 'topleft' ? 1 / 8 : 0,
      });
      const plane = planeOf(larger.data, upscaler.layout, p);
      assert.equal(plane.width, 51);
      assert.equal(plane.height, 37);
      for (let y = 0; y < 37; y++) {
        const row = plane.data.subarray(y * 51, y * 51 + 51);
        assert.deepEqual(row, expected.data.subarray(y * 52, y * 52 + 51), `row ${y}`);
      }
    }
  }
});

test('grey stays grey and a constant alpha stays opaque', async () => {
  const file = await writeRandomModel(folder, 'espcn-16', 2);
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuva420p')!, 40, 30);
  await using upscaler = await openUpscaler(optionsFor(chain, layout));
  const frame = picture(layout, 0);
  for (const p of [1, 2]) planeOf(frame.data, layout, p).data.fill(128);
  planeOf(frame.data, layout, 3).data.fill(255);
  const { frame: larger } = await upscaler.upscale(frame);
  for (const [p, value] of [
    [1, 128],
    [2, 128],
    [3, 255],
  ] as const) {
    assert.ok(planeOf(larger.data, upscaler.layout, p).data.every((sample) => sample === value));
  }
});

for (const [format, scale] of [
  ['yuv420p', 2],
  ['yuv444p10le', 2],
  ['gray', 3],
] as const) {
  test(`scores of ${format} x${scale} are those of the planes`, async () => {
    const file = await writeRandomModel(folder, 'espcn-16', scale);
    const chain = await chooseChain(scale, file, { kind: 'clean' });
    const layout = frameLayout(pixelFormats.get(format)!, 61, 43);
    await using upscaler = await openUpscaler(optionsFor(chain, layout, { scores: true }));
    const { bitDepth } = layout.format;
    const frame = picture(layout, 0);
    const reference = picture(upscaler.layout, 9);
    const { frame: larger, scores } = await upscaler.upscale(frame, reference);
    const source = planeOf(frame.data, layout, 0);
    const y = planeOf(larger.data, upscaler.layout, 0);
    const bicubic = resizePlane(source, y.width, y.height, bitDepth);
    const back = resizePlane(y, source.width, source.height, bitDepth);
    const truth = (p: number) => planeOf(reference.data, upscaler.layout, p);
    const against = (p: number) =>
      layout.format.chroma === null
        ? null
        : meanSquaredError(truth(p), planeOf(larger.data, upscaler.layout, p));
    assert.deepEqual(scores, {
      y: meanSquaredError(truth(0), y),
      u: against(1),
      v: against(2),
      yBicubic: meanSquaredError(truth(0), bicubic),
      toBicubicY: meanSquaredError(bicubic, y),
      toSourceY: meanSquaredError(source, back),
      // A first frame has none before it.
      ...{ flickerY: null, flickerYBicubic: null, flickerToBicubicY: null },
    });
  });
}

test('frames come back in order, each its own', async () => {
  const file = await writeRandomModel(folder, 'espcn-16', 2);
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 64, 48);
  await using upscaler = await openUpscaler(optionsFor(chain, layout));
  const frames = Array.from({ length: 9 }, (_, i) => picture(layout, i));
  const together = await Promise.all(frames.map((frame) => upscaler.upscale(frame)));
  assert.deepEqual(
    together.map(({ frame }) => frame.index),
    frames.map(({ index }) => index),
  );
  for (const [i, frame] of frames.entries()) {
    const alone = await upscaler.upscale(frame);
    assert.deepEqual(alone.frame.data, together[i]!.frame.data);
    upscaler.release(alone.frame);
  }
});

test('an abort rejects what is under way as interrupted', async () => {
  const file = await writeRandomModel(folder, 'espcn', 2);
  const chain = await chooseChain(2, file, { kind: 'clean' });
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 640, 360);
  const controller = new AbortController();
  await using upscaler = await openUpscaler(
    optionsFor(chain, layout, { signal: controller.signal }),
  );
  const pending = [0, 1, 2].map((i) => upscaler.upscale(picture(layout, i)));
  controller.abort();
  for (const result of await Promise.allSettled(pending)) {
    assert.equal(result.status, 'rejected');
    assert.equal((result.reason as { code: string }).code, 'interrupted');
  }
});
