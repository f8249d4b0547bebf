import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { canWriteStill, probeStill, readStill } from '../../src/media/still/still.js';
import { writeStill } from '../../src/media/still/write-still.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

const [width, height] = [10, 6];

/** Samples that look like noise and are the same each time. */
function noise(count: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count }, () => (state = (state * 16807) % 2147483647) & 255);
}

function picture(channels: 1 | 2 | 3 | 4): Sharp {
  const grey = channels <= 2;
  const raw = { width, height, channels };
  const data = noise(width * height * channels);
  // The colour of what cannot be seen is kept as well.
  if (channels === 4) for (let i = 3; i < data.length; i += 8) data[i] = 0;
  return sharp(data, { raw }).toColourspace(grey ? 'b-w' : 'srgb');
}

async function samples(file: string): Promise<Buffer> {
  return sharp(file, { ignoreIcc: true }).toColourspace('srgb').raw().toBuffer();
}

/** Reads `name` and writes it again unchanged as `as`. */
async function again(name: string, as: string): Promise<string> {
  const still = await probeStill(path.join(folder, name));
  const output = path.join(folder, as);
  await writeStill(still, (await readStill(still)).frame, still.layout, output);
  return output;
}

for (const [channels, format] of [
  [1, 'gray'],
  [2, 'yuva444p10le'],
  [3, 'yuv444p10le'],
  [4, 'yuva444p10le'],
] as const) {
  test(`a PNG of ${channels} channels comes back to the last bit, in every lossless format`, async () => {
    const name = `${channels}.png`;
    await picture(channels).png().toFile(path.join(folder, name));
    const still = await probeStill(path.join(folder, name));
    assert.equal(still.layout.format.name, format);
    assert.deepEqual(still.losses, []);
    for (const as of ['.png', '.tif', '.webp']) {
      const output = await again(name, `${channels}-again${as}`);
      assert.deepEqual(await samples(output), await samples(still.path), as);
      const { channels: written } = await sharp(output).metadata();
      // WebP knows no grey.
      if (as !== '.webp') assert.equal(written, channels);
    }
  });
}

test('profile, EXIF and orientation are kept, and the profile is not applied', async () => {
  const tagged = picture(3).withMetadata({
    icc: 'p3',
    exif: { IFD0: { Copyright: 'us' } },
    orientation: 6,
  });
  await tagged.png().toFile(path.join(folder, 'tagged.png'));
  const { metadata: before } = await probeStill(path.join(folder, 'tagged.png'));
  assert.ok(before.icc !== null && before.exif !== null);
  for (const as of ['.png', '.jpg', '.webp', '.tif']) {
    const output = await again('tagged.png', `tagged-again${as}`);
    const { metadata: after } = await probeStill(output);
    assert.deepEqual(after.icc, before.icc, as);
    assert.equal(after.orientation, 6, as);
    if (as !== '.tif') assert.ok(after.exif!.includes('us'), as);
    if (as !== '.jpg')
      assert.deepEqual(await samples(output), await samples(path.join(folder, 'tagged.png')));
  }
});

test('a grey JPEG stays one channel', async () => {
  await picture(1).jpeg().toFile(path.join(folder, 'grey.jpg'));
  const output = await again('grey.jpg', 'grey-again.jpg');
  assert.equal((await sharp(output).metadata()).channels, 1);
});

test('16-bit pictures are written in 16 bit, and what is rounded is said', async () => {
  const data = Uint16Array.from(noise(width * height * 3), (value) => value * 257);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .pipelineColourspace('rgb16')
    .toColourspace('rgb16')
    .png()
    .toFile(path.join(folder, 'deep.png'));
  const still = await probeStill(path.join(folder, 'deep.png'));
  assert.equal(still.layout.format.name, 'yuv444p12le');
  assert.match(still.losses[0]!.what, /16-bit/);
  const output = await again('deep.png', 'deep-again.png');
  assert.equal((await sharp(output).metadata()).depth, 'ushort');
  const [a, b] = await Promise.all([samples(still.path), samples(output)]);
  assert.ok(a.every((value, i) => Math.abs(value - b[i]!) <= 1));
});

test('transparency in JPEG, and names that are no picture, are refused', async () => {
  await picture(4).png().toFile(path.join(folder, 'clear.png'));
  await assert.rejects(again('clear.png', 'clear.jpg'), { code: 'option' });
  assert.ok(!canWriteStill('a.bmp'));
  assert.ok(canWriteStill('a.JPEG'));
});

test('what is no picture, or half a one, says so', async () => {
  const text = path.join(folder, 'text.png');
  await writeFile(text, 'not a picture');
  await assert.rejects(probeStill(text), /Expected a picture but .* holds plain text/);
  await picture(3).png().toFile(path.join(folder, 'whole.png'));
  const half = path.join(folder, 'half.png');
  const bytes = await readFile(path.join(folder, 'whole.png'));
  await writeFile(half, bytes.subarray(0, bytes.length / 2));
  const still = await probeStill(half);
  await assert.rejects(readStill(still), /is damaged: it .*--allow-damaged/);
  assert.equal((await readStill(still, true)).frame.data.length, still.layout.byteLength);
});
