import assert from 'node:assert/strict';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { detailOf, magnified, zoomOf } from '../../../../src/report/compare/detail.js';
import type { Reconstructions } from '../../../../src/report/compare/reconstructions.js';
import type { RgbPicture } from '../../../../src/report/rgb-picture.js';

/** A grey picture with a lighter square of 20x20. */
function picture(width: number, height: number, left: number, top: number): RgbPicture {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return x >= left && x < left + 20 && y >= top && y < top + 20 ? 200 : 90;
  });
  return { data, width, height };
}

function made(width: number, height: number): Reconstructions {
  const flat = { data: new Uint8Array(3 * width * height).fill(90), width, height };
  const figures = { rmse: 0, psnr: Infinity };
  const plain = { by: 'bilinear', picture: flat, ...figures };
  const ours = { by: 'model', picture: picture(width, height, width >> 1, 10), ...figures };
  const small = { width: width / 2, height: height / 2 };
  return { truth: flat, small, bilinear: plain, bicubic: plain, ours };
}

test('the detail lies where bilinear and ours differ most', () => {
  const part = detailOf(made(400, 200), null);
  assert.deepEqual([part.width, part.height], [64, 64]);
  assert.ok(part.left <= 200 && part.left + 64 >= 220, JSON.stringify(part));
  assert.ok(part.top <= 10 && part.top + 64 >= 30, JSON.stringify(part));
});

test('a place that is named is the middle of the detail, or near it at the edge', () => {
  const all = made(400, 200);
  assert.deepEqual(detailOf(all, { x: 100, y: 90 }), { left: 68, top: 58, width: 64, height: 64 });
  assert.deepEqual(detailOf(all, { x: 399, y: 0 }), { left: 336, top: 0, width: 64, height: 64 });
  assert.deepEqual(detailOf(made(40, 36), { x: 3, y: 3 }), {
    left: 0,
    top: 0,
    width: 40,
    height: 36,
  });
  assert.throws(
    () => detailOf(all, { x: 400, y: 0 }),
    (error) =>
      error instanceof VsrError &&
      error.code === 'option' &&
      error.message ===
        'Expected a place within the 400x200 that are compared for detail but received "400,0".',
  );
});

test('each pixel of a detail becomes a block', () => {
  const part = { left: 1, top: 2, width: 2, height: 1 };
  assert.equal(zoomOf({ ...part, width: 64, height: 64 }), 5);
  assert.equal(zoomOf({ ...part, width: 40, height: 36 }), 8);
  const data = Uint8Array.from({ length: 3 * 4 * 3 }, (_, i) => i);
  const { data: large, width, height } = magnified({ data, width: 4, height: 3 }, part, 2);
  assert.deepEqual([width, height], [4, 2]);
  const row = [27, 28, 29, 27, 28, 29, 30, 31, 32, 30, 31, 32];
  assert.deepEqual([...large], [...row, ...row]);
});
