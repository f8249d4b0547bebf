import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseChain } from '../../../../src/model/catalogue/chain.js';
import {
  bitsPerPixel,
  chainFor,
  isStronglyCompressed,
} from '../../../../src/upscale/plan/model-choice.js';
import { sampleSource, sampleVideo } from '../../media/sample-source.js';
import type { UpscaleOptions } from '../../../../src/upscale/plan/options.js';
import { checkOptions } from '../../../../src/upscale/plan/settings.js';

/** 100 x 100 samples at 25 frames a second: 250,000 samples a second. */
const size = { width: 100, height: 100 };

test('bits a pixel are the stream’s own where it states its rate', () => {
  const video = sampleVideo({ ...size, bitRate: 25_000, duration: 4 });
  const source = sampleSource([], { sizeBytes: 1e9, duration: 4 }, video);
  assert.equal(bitsPerPixel(source), 0.1);
  assert.equal(isStronglyCompressed(source), true);
});

test('without a rate the file’s size and length count, the stream’s length before the clip’s', () => {
  const video = sampleVideo({ ...size, duration: 2 });
  assert.equal(bitsPerPixel(sampleSource([], { sizeBytes: 62_500, duration: 8 }, video)), 1);
  const unknown = sampleVideo(size);
  const source = sampleSource([], { sizeBytes: 62_500, duration: 8 }, unknown);
  assert.equal(bitsPerPixel(source), 0.25);
  assert.equal(isStronglyCompressed(source), true);
  const larger = sampleSource([], { sizeBytes: 125_000, duration: 8 }, unknown);
  assert.equal(isStronglyCompressed(larger), false);
});

test('a lossy clip that tells nothing counts as compressed, a lossless one never', () => {
  const nothing = sampleVideo({ ...size, frameRate: null });
  const source = sampleSource([], { sizeBytes: 1000, duration: null }, nothing);
  assert.equal(bitsPerPixel(source), null);
  assert.equal(isStronglyCompressed(source), true);
  const lossless = sampleVideo({ ...size, bitRate: 1, lossless: true });
  assert.equal(isStronglyCompressed(sampleSource([], {}, lossless)), false);
  for (const duration of [0, null]) {
    assert.equal(
      bitsPerPixel(sampleSource([], { sizeBytes: 9, duration }, sampleVideo(size))),
      null,
    );
  }
});

test('8-bit copies run unasked only of the default, on a processor that is fast with them', async () => {
  const chain = await chooseChain(2, 'default', { codec: false });
  const names = async (options: UpscaleOptions, isFast = true) =>
    (await chainFor(chain, checkOptions(options), isFast)).names;
  const cpu = { provider: 'cpu' } as const;
  const copy = chain.names.map((name) => name.replace('-x2', '-int8-x2'));
  assert.deepEqual(await names(cpu), copy);
  assert.deepEqual(await names(cpu, false), chain.names);
  assert.deepEqual(await names({ ...cpu, precision: 'fp32' }), chain.names);
  assert.deepEqual(await names({ ...cpu, model: 'espcn-16-x2' }), chain.names);
  assert.deepEqual(await names({ provider: 'webgpu' }), chain.names, 'a GPU computes in float');
  assert.deepEqual(await names({ ...cpu, precision: 'int8' }, false), copy);
});
