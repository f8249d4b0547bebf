import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { makePicture, type PictureJob } from '../../../../src/training/pictures/picture-job.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();

/** A picture whose middle square is lighter than what is left and right of it. */
async function wide(): Promise<string> {
  const [width, height] = [90, 40];
  const data = Buffer.alloc(width * height * 3, 30);
  for (let y = 0; y < height; y++) data.fill(200, (y * width + 25) * 3, (y * width + 65) * 3);
  const file = path.join(folder, 'wide.png');
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}

test('--square takes the largest square in the middle, reduced; smaller pictures are passed over', async () => {
  const job: PictureJob = {
    ...{ file: await wide(), reduce: 1, scale: 2, colour: 'rgb', place: [1], least: 4 },
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
  };
  const made = await makePicture({ ...job, square: 20 });
  assert.ok('picture' in made);
  for (const { width, height, data } of made.picture.high) {
    assert.deepEqual([width, height], [20, 20]);
    assert.ok(data.every((value) => value === 200));
  }
  const small = {
    skipped: 'too small',
    reason: `${job.file} (90x40) is smaller than 41 on one side.`,
  };
  assert.deepEqual(await makePicture({ ...job, square: 41 }), small);
  assert.deepEqual(await makePicture({ ...job, minSide: 41 }), small);
  const whole = await makePicture({ ...job, minSide: 40 });
  assert.ok('picture' in whole && whole.picture.high[0]!.width === 90);
});
