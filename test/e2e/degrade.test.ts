import assert from 'node:assert/strict';
import test from 'node:test';
import { psnr } from '../../src/metrics/psnr.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import type { Plane } from '../../src/planes/plane.js';
import { resizePlane } from '../../src/planes/resize.js';
import { degrade } from '../../src/training/pictures/degrade.js';
import { enlargePicture } from '../../src/report/evaluate/picture-enlarger.js';
import { firstPassOf } from '../../src/training/pictures/first-pass.js';
import { randomAt } from '../../src/training/base/random.js';

/**
 * Waves of several directions: no two places alike, and nothing that x264 at its best would lose.
 */
function waves(width: number, height: number): Plane {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return 128 + 50 * Math.sin(x / 7 + y / 11) + 40 * Math.sin(x / 19 - y / 5);
  });
  return { data, width, height };
}

for (const scale of [2, 3]) {
  test(`A coded picture lies where its original lies, at scale ${scale}`, async () => {
    const picture = waves(80 * scale, 64 * scale);
    const seen = new Set<string>();
    for (let seed = 0; seed < 12; seed++) {
      const settings = { kind: 'codec', noise: 0, crf: [1, 1] } as const;
      const { low, high } = await degrade(picture, scale, settings, randomAt(seed));
      assert.equal(high.width, low.width * scale);
      assert.equal(high.height, low.height * scale);
      // Borders aside: the view went on there while the crop mirrors.
      const dB = psnr(resizePlane(high, low.width, low.height), low, 8, 4);
      assert.ok(
        dB > 45,
        `draw ${seed}: ${dB.toFixed(1)} dB between the coded picture and its original`,
      );
      seen.add(high.data.subarray(0, 64).join());
    }
    assert.ok(seen.size > 6, 'the view pans');
  });
}

test('the clean share of the pictures is left as bicubic makes it', async () => {
  const picture = waves(160, 128);
  const reduced = resizePlane(picture, 80, 64);
  const isClean = async (clean: number, seed: number): Promise<boolean> => {
    const settings = { kind: 'codec', noise: 0, crf: [30, 30], clean } as const;
    const { low } = await degrade(picture, 2, settings, randomAt(seed));
    return Buffer.from(low.data).equals(Buffer.from(reduced.data));
  };
  const draws = Array.from({ length: 16 }, (_, seed) => seed);
  const left = await Promise.all(draws.map((seed) => isClean(0.5, seed)));
  const count = left.filter(Boolean).length;
  assert.ok(count > 2 && count < 14, `${count} of 16 at a half`);
  assert.equal(await isClean(1, 1), true);
  assert.equal(await isClean(0, 1), false);
});

test('the full-range share of the pictures is stretched to black 0 and white 255', async () => {
  const studio: Plane = {
    data: Uint8Array.from({ length: 64 * 64 }, (_, i) => 16 + (i % 64) * (219 / 63)),
    width: 64,
    height: 64,
  };
  const stretched = async (fullRange: number, seed: number): Promise<boolean> => {
    const settings = { kind: 'bicubic', noise: 0, crf: [0, 0], fullRange } as const;
    const { high } = await degrade(studio, 2, settings, randomAt(seed));
    const [black, white] = [high.data[0], high.data[63]];
    if (black === 16 && white === 235) return false;
    assert.deepEqual([black, white], [0, 255]);
    return true;
  };
  const draws = Array.from({ length: 16 }, (_, seed) => seed);
  const count = (await Promise.all(draws.map((seed) => stretched(0.5, seed)))).filter(
    Boolean,
  ).length;
  assert.ok(count > 2 && count < 14, `${count} of 16 at a half`);
  assert.equal(await stretched(0, 1), false);
  // What reaches beyond studio range is full range already: stretched, it would be clipped.
  const full = { ...studio, data: Uint8Array.from(studio.data, (v, i) => (i === 0 ? 3 : v)) };
  const { high } = await degrade(
    full,
    2,
    { kind: 'bicubic', noise: 0, crf: [0, 0], fullRange: 1 },
    randomAt(1),
  );
  assert.deepEqual(high.data, full.data);
});

test('after a first pass the low resolution is what vsr upscale makes of a smaller picture', async () => {
  const picture = waves(210, 131);
  const after = await firstPassOf('espcn-16-x2');
  const chain = await chooseChain(2, 'espcn-16-x2', { kind: 'clean' });
  const settings = { kind: 'bicubic', noise: 0, crf: [0, 0], after } as const;
  const { low, high } = await degrade(picture, 2, settings, randomAt(1));
  // Cropped to a multiple of both scales.
  assert.deepEqual([high.width, high.height, low.width, low.height], [208, 128, 104, 64]);
  const how = { provider: { name: 'cpu', device: 0 }, precision: 'auto' } as const;
  const made = await enlargePicture(resizePlane(high, 52, 32), chain, how);
  assert.deepEqual([made.width, made.height], [104, 64]);
  // The same network in another graph: at a half, rounding may fall the other way.
  const furthest = Math.max(...Array.from(low.data, (v, i) => Math.abs(v - made.data[i]!)));
  assert.ok(furthest <= 1, `${furthest} apart`);
  const coded = { ...settings, kind: 'codec', crf: [1, 1] } as const;
  const pair = await degrade(picture, 2, coded, randomAt(2));
  assert.deepEqual([pair.high.width, pair.high.height], [2 * pair.low.width, 2 * pair.low.height]);
  const dB = psnr(resizePlane(pair.high, pair.low.width, pair.low.height), pair.low, 8, 4);
  assert.ok(dB > 35, `${dB.toFixed(1)} dB between the first pass and the original`);
});
