import test from 'node:test';
import assert from 'node:assert/strict';
import { frameLayout, pixelFormats } from '../../../src/planes/pixel-format.js';
import { busiestCrop } from '../../../src/report/page/before-after.js';
import { combine } from '../../../src/report/compare/compare-pictures.js';
import { rgbOfFrame } from '../../../src/report/rgb-picture.js';

const tv709 = {
  range: 'tv',
  matrix: 'bt709',
  primaries: null,
  transfer: null,
  siting: 'left',
} as const;

function flat(format: string, ...samples: number[]) {
  const layout = frameLayout(pixelFormats.get(format)!, 8, 6);
  const data = new Uint8Array(layout.byteLength);
  layout.planes.forEach(({ offset, width, height }, i) => {
    const wide = layout.sampleBytes === 2;
    const plane = wide
      ? new Uint16Array(data.buffer, offset, width * height)
      : new Uint8Array(data.buffer, offset, width * height);
    plane.fill(samples[i]!);
  });
  return { data, layout };
}

function firstPixel(format: string, colour: Parameters<typeof rgbOfFrame>[2], ...s: number[]) {
  const { data, layout } = flat(format, ...s);
  return [...rgbOfFrame(data, layout, colour).data.subarray(0, 3)];
}

test('YUV becomes the RGB that its matrix and range say', () => {
  // BT.709 studio range, worked out by hand: red is Y 63, Cb 102, Cr 240.
  assert.deepEqual(firstPixel('yuv420p', tv709, 235, 128, 128), [255, 255, 255]);
  assert.deepEqual(firstPixel('yuv420p', tv709, 16, 128, 128), [0, 0, 0]);
  const [r, g, b] = firstPixel('yuv420p', tv709, 63, 102, 240);
  assert.ok(r! >= 254 && g! <= 1 && b! <= 1, `${r} ${g} ${b}`);
  assert.deepEqual(firstPixel('yuv444p', { ...tv709, range: 'pc' }, 77, 128, 128), [77, 77, 77]);
  assert.deepEqual(firstPixel('gray10le', tv709, 940), [255, 255, 255]);
  const red = firstPixel('yuv420p', { ...tv709, matrix: 'smpte170m' }, 81, 90, 240);
  assert.ok(red[0]! >= 254 && red[1]! <= 1 && red[2]! <= 1, String(red));
});

test('the crop lies where two pictures differ most', () => {
  const blank = { data: new Uint8Array(3 * 200 * 100), width: 200, height: 100 };
  const marked = { ...blank, data: blank.data.slice() };
  for (let y = 60; y < 80; y++)
    for (let x = 150; x < 170; x++) marked.data[3 * (y * 200 + x) + 1] = 90;
  const crop = busiestCrop(blank, marked, 64, 48);
  assert.ok(crop.left <= 150 && crop.left + crop.width >= 170, JSON.stringify(crop));
  assert.ok(crop.top <= 60 && crop.top + crop.height >= 80, JSON.stringify(crop));
  assert.ok(crop.left + crop.width <= 200 && crop.top + crop.height <= 100);
  assert.deepEqual(busiestCrop(blank, marked, 400, 300), {
    left: 0,
    top: 0,
    width: 200,
    height: 100,
  });
});

test('two pictures are put into one by halves, beside one another, or as a difference', () => {
  const of = (value: number) => ({
    data: new Uint8Array(3 * 8 * 2).fill(value),
    width: 8,
    height: 2,
  });
  const split = combine(of(10), of(20), 'split', 4).data;
  assert.deepEqual([split[0], split[9], split[3 * 4], split[3 * 7]], [10, 255, 255, 20]);
  const side = combine(of(10), of(20), 'side', 4);
  assert.deepEqual([side.width, side.data[0], side.data[3 * 8]], [16, 10, 20]);
  assert.equal(combine(of(10), of(20), 'difference', 4).data[0], 128 - 40);
});
