import assert from 'node:assert/strict';
import test from 'node:test';
import { choosePictures, pictureFilter } from '../../../../src/media/sequence/write-pictures.js';
import { greySamples, rgbSamples } from '../../../../src/media/sequence/write-samples.js';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';

const chosen = (pattern: string, format: string, sourceFormat = format) => {
  const frames = { format: pixelFormats.get(format)!, sourceFormat, isFromRgb: false };
  const { pixelFormat, losesBits } = choosePictures(pattern, frames);
  return [pixelFormat, losesBits];
};

test('pictures keep bits and opacity where their format can', () => {
  assert.deepEqual(chosen('f_%d.png', 'yuv420p'), ['rgb24', false]);
  assert.deepEqual(chosen('f_%d.PNG', 'yuv420p10le'), ['rgb48be', false]);
  assert.deepEqual(chosen('f_%d.tif', 'yuva444p12le'), ['rgba64le', false]);
  assert.deepEqual(chosen('f_%d.jpg', 'yuv420p10le'), ['yuvj444p', true]);
  const wrong = (message: RegExp) => ({ code: 'option', message });
  assert.throws(() => chosen('f_%d.jpg', 'yuva420p'), wrong(/ending in \.png or \.tif, since/));
  assert.throws(
    () => chosen('f_%d.exr', 'yuv420p'),
    wrong(/ending in one of \.png, \.tif, \.tiff, \.jpg, \.jpeg/),
  );
});

test('grey stays grey, with opacity too', () => {
  assert.deepEqual(chosen('f_%d.png', 'gray'), ['gray', false]);
  assert.deepEqual(chosen('f_%d.jpg', 'gray12le'), ['gray', true]);
  assert.deepEqual(chosen('f_%d.tif', 'gray10le'), ['gray16le', false]);
  assert.deepEqual(chosen('f_%d.png', 'yuva444p', 'ya8'), ['ya8', false]);
  assert.deepEqual(chosen('f_%d.png', 'yuva444p10le', 'ya16be'), ['ya16be', false]);
  const message = /ending in \.png or \.tif, since/;
  assert.throws(() => chosen('f_%d.jpg', 'yuva444p', 'ya8'), { code: 'option', message });
});

test('grey samples reach from black to white, whatever the range', () => {
  const of = (name: string, samples: number[], range: 'tv' | 'pc' | null, peak: 255 | 65535) => {
    const layout = frameLayout(pixelFormats.get(name)!, 2, 1);
    const Kind = layout.sampleBytes === 1 ? Uint8Array : Uint16Array;
    const frame = new Uint8Array(Kind.from(samples).buffer);
    return [...greySamples(frame, layout, range, peak)];
  };
  assert.deepEqual(of('gray', [16, 235], 'tv', 255), [0, 255]);
  assert.deepEqual(of('gray', [16, 235], null, 255), [16, 235]);
  assert.deepEqual(of('gray10le', [64, 1023], 'tv', 65535), [0, 65535]);
  assert.deepEqual(of('gray12le', [0, 4095], 'pc', 65535), [0, 65535]);
  const chroma = [128, 128, 128, 128];
  assert.deepEqual(of('yuva444p', [16, 235, ...chroma, 128, 255], 'tv', 255), [0, 128, 255, 255]);
});

test('of the values that a rounded opacity stands for, one of 8 bits is taken', () => {
  const opaque = pixelFormats.get('yuva444p10le')!;
  const all = Array.from({ length: 256 }, (_, n) => n);
  const layout = frameLayout(opaque, all.length, 1);
  const codes = all.map((n) => Math.min(1023, (n * 257 + 32) >> 6));
  const plane = (value: number): number[] => all.map(() => value);
  const samples = [...plane(600), ...plane(512), ...plane(512), ...codes];
  const frame = new Uint8Array(Uint16Array.from(samples).buffer);
  const rgba = rgbSamples(frame, layout, 65535);
  const grey = Math.round(((600 - 64) * 65535) / 876);
  all.forEach((n) => {
    assert.deepEqual([...rgba.subarray(4 * n, 4 * n + 4)], [grey, grey, grey, n * 257]);
  });
  const between = new Uint8Array(Uint16Array.from([600, 512, 512, 516]).buffer);
  const one = rgbSamples(between, frameLayout(opaque, 1, 1), 65535);
  assert.equal(one[3], Math.round((516 * 65535) / 1023));
});

test('RGB is written as it was decoded, and a JPEG of it by ffmpeg', () => {
  const frames = { format: pixelFormats.get('yuv444p')!, sourceFormat: 'rgb24', isFromRgb: true };
  assert.equal(choosePictures('f_%d.png', frames).colours, 'rgb');
  assert.equal(choosePictures('f_%d.jpg', frames).colours, 'convert');
});

test('colours are taken apart by the clip’s matrix and range, or by the custom of players', () => {
  const colour = { matrix: null, range: null, primaries: null, transfer: null, siting: null };
  assert.match(pictureFilter(colour, 576), /in_color_matrix=bt601:in_range=tv:out_range=pc/);
  assert.match(pictureFilter(colour, 720), /in_color_matrix=bt709:in_range=tv/);
  const wide = { ...colour, matrix: 'bt2020nc', range: 'pc' } as const;
  assert.match(pictureFilter(wide, 100), /in_color_matrix=bt2020:in_range=pc/);
});
