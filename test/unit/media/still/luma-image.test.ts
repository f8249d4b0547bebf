import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { lumaOfPlanes, readLuma, readRgb } from '../../../../src/media/still/luma-image.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('luma is the same whether a picture is read as luma or as red, green and blue', async () => {
  const [width, height] = [16, 16];
  for (const channels of [1, 3] as const) {
    const file = path.join(temporaryFolder(), `${channels}.png`);
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7) % 256);
    await sharp(data, { raw: { width, height, channels } })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .png()
      .toFile(file);
    const { planes, isGrey } = await readRgb(file);
    assert.equal(isGrey, channels === 1);
    const [read, made] = [await readLuma(file), lumaOfPlanes(planes, isGrey)];
    assert.deepEqual(Array.from(made.data), Array.from(read.data));
  }
});
