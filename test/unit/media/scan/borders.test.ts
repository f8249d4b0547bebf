import assert from 'node:assert/strict';
import test from 'node:test';
import { BorderFinder } from '../../../../src/media/scan/borders.js';

const [width, height] = [64, 48];

/** A bright picture of the columns and rows given, on black of level `black`. */
function picture(black: number, [x0, x1]: [number, number], [y0, y1]: [number, number]) {
  const luma = new Uint8Array(width * height).fill(black);
  for (let y = y0; y < y1; y++) luma.fill(120, y * width + x0, y * width + x1);
  return luma;
}

function found(...frames: Uint8Array[]) {
  const finder = new BorderFinder(width, height);
  for (const frame of frames) finder.add(frame);
  return finder.borders();
}

test('bars are found at black of 16 and of 30, above and beside the picture', () => {
  for (const black of [16, 30]) {
    const letterbox = found(picture(black, [0, 64], [6, 42]));
    assert.deepEqual(letterbox, { left: 0, right: 0, top: 6, bottom: 6 });
    const pillarbox = found(picture(black, [8, 56], [0, 48]));
    assert.deepEqual(pillarbox, { left: 8, right: 8, top: 0, bottom: 0 });
  }
});

test('where the bars change, the smallest count', () => {
  const mixed = found(picture(16, [0, 64], [6, 42]), picture(16, [8, 56], [0, 48]));
  assert.equal(mixed, null);
  const wider = found(picture(16, [0, 64], [6, 42]), picture(16, [0, 64], [4, 44]));
  assert.deepEqual(wider, { left: 0, right: 0, top: 4, bottom: 4 });
});

test('a black clip and a small bright place in the dark have no borders', () => {
  assert.equal(found(new Uint8Array(width * height).fill(16)), null);
  const moon = new Uint8Array(width * height).fill(16);
  for (let y = 10; y < 40; y++) moon.fill(120, y * width + 30 - (y % 7), y * width + 36 + (y % 7));
  assert.equal(found(moon), null);
  const dark = new Uint8Array(width * height).fill(20);
  assert.equal(found(dark, picture(16, [0, 64], [0, 48])), null);
});
