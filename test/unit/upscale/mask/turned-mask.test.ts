import assert from 'node:assert/strict';
import test from 'node:test';
import sharp from 'sharp';
import { turnOf } from '../../../../src/media/source/display-matrix.js';
import { asStored, shownBy } from '../../../../src/upscale/mask/turned-mask.js';

const stored = { data: Uint8Array.from([10, 20, 30, 40, 50, 60]), width: 3, height: 2 };

test('a mask is turned back as sharp turns pictures of every orientation', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const file = await sharp(stored.data, { raw: { width: 3, height: 2, channels: 1 } })
      .withMetadata({ orientation })
      .png()
      .toBuffer();
    const { data, info } = await sharp(file)
      .autoOrient()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const shown = { data, width: info.width, height: info.height };
    assert.deepEqual(asStored(shown, shownBy(orientation)), stored, `orientation ${orientation}`);
  }
  assert.deepEqual(asStored(stored, shownBy(99)), stored, 'an unknown one is none');
});

test('a mask is turned back by the display matrix of a clip', () => {
  const one = 0x10000;
  // Clockwise: the first column, from the bottom up, becomes the first row.
  const clockwise = turnOf([0, one, 0, -one, 0, 0, 0, 0, 0x40000000])!;
  const shown = { data: Uint8Array.from([40, 10, 50, 20, 60, 30]), width: 2, height: 3 };
  assert.deepEqual(asStored(shown, clockwise), stored);
  const sideways = turnOf([-one, 0, 0, 0, one, 0, 0, 0, 0x40000000])!;
  const mirrored = { data: Uint8Array.from([30, 20, 10, 60, 50, 40]), width: 3, height: 2 };
  assert.deepEqual(asStored(mirrored, sideways), stored);
});
