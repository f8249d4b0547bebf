import assert from 'node:assert/strict';
import test from 'node:test';
import { bitsPerPixel, compressionByBits } from '../../../../src/media/compression/compression.js';
import { strengthOfBits } from '../../../../src/media/compression/strength.js';
import { sampleSource, sampleVideo } from '../sample-source.js';

/** 100 x 100 samples at 25 frames a second: 250,000 samples a second. */
const size = { width: 100, height: 100 };

test('bits a pixel are the stream’s own where it states its rate', () => {
  const video = sampleVideo({ ...size, bitRate: 25_000, duration: 4 });
  const source = sampleSource([], { sizeBytes: 1e9, duration: 4 }, video);
  assert.equal(bitsPerPixel(source), 0.1);
  assert.match(compressionByBits(source).by, /^0\.10 bits a pixel$/);
});

test('without a rate the file’s size and length count, the stream’s length before the clip’s', () => {
  const video = sampleVideo({ ...size, duration: 2 });
  assert.equal(bitsPerPixel(sampleSource([], { sizeBytes: 62_500, duration: 8 }, video)), 1);
  const unknown = sampleVideo(size);
  assert.equal(bitsPerPixel(sampleSource([], { sizeBytes: 62_500, duration: 8 }, unknown)), 0.25);
  for (const duration of [0, null]) {
    const source = sampleSource([], { sizeBytes: 9, duration }, sampleVideo(size));
    assert.equal(bitsPerPixel(source), null);
  }
});

test('a lossy clip that tells nothing counts as compressed half-way', () => {
  const nothing = sampleVideo({ ...size, frameRate: null });
  const source = sampleSource([], { sizeBytes: 1000, duration: null }, nothing);
  assert.deepEqual(compressionByBits(source), {
    ...{ strength: 0.5, isCompressed: true, by: 'bit rate unknown' },
  });
});

test('by bits, codecs that do not smooth their blocks count as compressed earlier', () => {
  const at = (codec: string, bits: number) => {
    const video = sampleVideo({ ...size, codec, bitRate: bits * 250_000, duration: 4 });
    return compressionByBits(sampleSource([], { duration: 4 }, video)).isCompressed;
  };
  assert.deepEqual([at('h264', 0.25), at('h264', 0.4)], [true, false]);
  assert.deepEqual([at('mpeg2video', 0.84), at('mpeg2video', 1.2)], [true, false]);
  assert.deepEqual([at('mjpeg', 0.84), at('dvvideo', 2.78), at('prores', 4)], [true, true, false]);
});

test('fewer bits are more strength, and a codec that needs more bits is stronger at as many', () => {
  const bits = [8, 0.5, 0.14, 0.08, 0.001];
  const strengths = bits.map((each) => strengthOfBits('h264', each));
  assert.deepEqual(
    strengths,
    [...strengths].sort((a, b) => a - b),
  );
  assert.deepEqual([strengths[0], strengths.at(-1)], [0, 1]);
  // x264 at CRF 23 and 28 (docs/adr/0006).
  assert.ok(Math.abs(strengths[2]! - 0.52) < 0.02 && Math.abs(strengths[3]! - 0.68) < 0.02);
  const order = ['av1', 'hevc', 'h264', 'mpeg4', 'mpeg2video', 'mjpeg'];
  const byCodec = order.map((codec) => strengthOfBits(codec, 0.4));
  assert.deepEqual(
    byCodec,
    [...byCodec].sort((a, b) => a - b),
  );
});
