import assert from 'node:assert/strict';
import test from 'node:test';
import { choosePictures, pictureFilter } from '../../../../src/media/sequence/write-pictures.js';
import { pixelFormats } from '../../../../src/planes/pixel-format.js';

const chosen = (pattern: string, format: string) => {
  const { pixelFormat, losesBits } = choosePictures(pattern, pixelFormats.get(format)!);
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

test('colours are taken apart by the clip’s matrix and range, or by the custom of players', () => {
  const colour = { matrix: null, range: null, primaries: null, transfer: null, siting: null };
  assert.match(pictureFilter(colour, 576), /in_color_matrix=bt601:in_range=tv:out_range=pc/);
  assert.match(pictureFilter(colour, 720), /in_color_matrix=bt709:in_range=tv/);
  const wide = { ...colour, matrix: 'bt2020nc', range: 'pc' } as const;
  assert.match(pictureFilter(wide, 100), /in_color_matrix=bt2020:in_range=pc/);
});
