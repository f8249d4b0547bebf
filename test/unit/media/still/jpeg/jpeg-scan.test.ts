import assert from 'node:assert/strict';
import test from 'node:test';
import sharp, { type JpegOptions } from 'sharp';
import { jpegScanFault } from '../../../../../src/media/still/jpeg/jpeg-scan.js';

const [width, height] = [203, 150];

/** Waves with a little noise: something in every band of coefficients. */
function samples(channels: number): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    const noise = Math.imul(i + 1, 0x9e3779b1) >>> 27;
    return 112 + 90 * Math.sin(x / (3 + (i % channels)) + y / 7) + noise;
  });
}

const made = (options: JpegOptions, channels: 1 | 3 = 3): Promise<Buffer> =>
  sharp(samples(channels), { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg(options)
    .toBuffer();

/** Where the scans of a JPEG begin and end: their headers' markers. */
function scansOf(bytes: Buffer): number[] {
  const places: number[] = [];
  for (let i = 2; i + 1 < bytes.length; i++) {
    if (bytes[i] === 0xff && bytes[i + 1] === 0xda) places.push(i);
  }
  return places;
}

const kinds: readonly (readonly [string, JpegOptions, (1 | 3)?])[] = [
  ['progressive', { progressive: true, quality: 90 }],
  ['progressive, all colours', { progressive: true, quality: 95, chromaSubsampling: '4:4:4' }],
  ['progressive, poor', { progressive: true, quality: 25 }],
  ['progressive, grey', { progressive: true }, 1],
  ['many scans', { mozjpeg: true, quality: 80 }],
];

test('whole JPEGs have no fault, whatever scans they come in', async () => {
  for (const [name, options, channels] of [...kinds, ['baseline', { quality: 90 }] as const]) {
    assert.equal(jpegScanFault(await made(options, channels)), null, name);
  }
});

test('scans of progressive JPEGs that are zeroed or overwritten are found', async () => {
  let tried = 0;
  const missed: string[] = [];
  for (const [name, options, channels] of kinds) {
    const whole = await made(options, channels);
    const first = scansOf(whole)[0]! + 20;
    for (const fill of [0, 0x5a]) {
      for (let at = first; at + 402 < whole.length; at += Math.ceil(whole.length / 12)) {
        const broken = Buffer.from(whole);
        broken.fill(fill, at, at + 400);
        tried++;
        if (jpegScanFault(broken) === null) missed.push(`${name} ${fill} at ${at}`);
      }
    }
  }
  assert.ok(tried > 60, `only ${tried} were tried`);
  assert.deepEqual(missed, []);
});

test('progressive JPEGs that end early are found, also where an end was put to them', async () => {
  for (const [name, options, channels] of kinds) {
    const whole = await made(options, channels);
    const end = Buffer.of(0xff, 0xd9);
    for (const place of scansOf(whole).slice(1)) {
      const cut = whole.subarray(0, place);
      assert.match(jpegScanFault(cut)!, /ends before its last scan/, name);
      // Tables for the next scan may stand before it.
      assert.match(jpegScanFault(Buffer.concat([cut, end]))!, /last scans are missing/, name);
    }
    const half = Buffer.concat([whole.subarray(0, whole.length / 2), end]);
    assert.notEqual(jpegScanFault(half), null, name);
  }
});
