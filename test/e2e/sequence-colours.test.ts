import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { upscale } from '../../src/index.js';
import type { UpscaleOptions } from '../../src/upscale/plan/options.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** Enlarges and requires success. */
async function enlarge(input: string, options: UpscaleOptions): Promise<void> {
  for await (const event of upscale(input, options)) {
    if (event.event === 'failed') assert.fail(event.error.message);
  }
}

type Flat = { readonly colour: readonly number[]; readonly isDeep: boolean };

/** Writes a flat picture; values of 8 bits are stretched to 16 where it is deep. */
async function writeFlat(file: string, { colour, isDeep }: Flat): Promise<void> {
  const [width, height, channels] = [32, 16, colour.length as 3 | 4];
  const values = Array.from({ length: width * height }, () => colour).flat();
  const data = isDeep ? Uint16Array.from(values, (n) => n * 257) : Uint8Array.from(values);
  const picture = sharp(data, { raw: { width, height, channels } });
  await (isDeep ? picture.pipelineColourspace('rgb16').toColourspace('rgb16') : picture)
    .png()
    .toFile(file);
}

/** The samples of a picture, interleaved. */
async function samplesOf(file: string, isDeep: boolean): Promise<Uint8Array | Uint16Array> {
  const space = isDeep ? 'rgb16' : 'srgb';
  assert.equal((await sharp(file).metadata()).depth, isDeep ? 'ushort' : 'uchar');
  const raw = await sharp(file)
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: isDeep ? 'ushort' : 'uchar' })
    .toBuffer();
  return isDeep ? new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2) : raw;
}

const cases: readonly (readonly [name: string, isDeep: boolean, colours: number[][]])[] = [
  [
    'colours',
    false,
    [
      [50, 80, 110],
      [200, 40, 90],
      [255, 255, 255],
      [0, 0, 0],
    ],
  ],
  [
    'opacity',
    false,
    [
      [50, 80, 110, 128],
      [200, 40, 90, 255],
      [9, 9, 9, 0],
    ],
  ],
  [
    'deep opacity',
    true,
    [
      [50, 80, 110, 128],
      [200, 40, 90, 255],
      [9, 9, 9, 1],
      [9, 9, 9, 200],
    ],
  ],
];

for (const [name, isDeep, colours] of cases) {
  test(`flat pictures of a sequence come out as single ones do: ${name}`, async () => {
    const into = path.join(folder, name);
    mkdirSync(into);
    for (const [i, colour] of colours.entries()) {
      await writeFlat(path.join(into, `f_${i}.png`), { colour, isDeep });
    }
    const larger = `${into} larger`;
    const model = 'espcn-16-lite-x2';
    const output = path.join(larger, 'f_%d.png');
    await enlarge(path.join(into, 'f_%d.png'), { model, output, fps: '25' });
    assert.equal(readdirSync(larger).length, colours.length);
    for (const [i, colour] of colours.entries()) {
      const made = await samplesOf(path.join(larger, `f_${i}.png`), isDeep);
      assert.equal(made.length, 64 * 32 * colour.length);
      const unit = isDeep ? 257 : 1;
      made.forEach((value, at) => {
        const wanted = colour[at % colour.length]! * unit;
        // Colours of 16 bits travel with 10 beside opacity; opacity of 8 bits stays what it was.
        const most = isDeep && at % colour.length < 3 ? unit : 0;
        assert.ok(Math.abs(value - wanted) <= most, `${value} at ${at} in place of ${wanted}`);
      });
      if (isDeep) continue;
      const one = path.join(folder, `${name} ${i}.png`);
      await enlarge(path.join(into, `f_${i}.png`), { model, output: one });
      assert.deepEqual(await samplesOf(one, false), made, 'a single picture comes out alike');
    }
  });
}
