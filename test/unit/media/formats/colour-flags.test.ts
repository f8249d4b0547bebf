import assert from 'node:assert/strict';
import test from 'node:test';
import { colourBox, colourFlags } from '../../../../src/media/formats/colour-flags.js';
import type { Colour } from '../../../../src/media/source/source.js';

const unknown: Colour = {
  range: null,
  matrix: null,
  primaries: null,
  transfer: null,
  siting: null,
};

test('nothing is said of a clip that says nothing', () => {
  assert.deepEqual(colourFlags(unknown), []);
  assert.deepEqual(colourBox(unknown), []);
});

test("HDR colours become H.273's numbers", () => {
  const hlg: Colour = {
    ...{ range: 'tv', matrix: 'bt2020nc', primaries: 'bt2020' },
    ...{ transfer: 'arib-std-b67', siting: 'topleft' },
  };
  assert.deepEqual(colourFlags(hlg), [
    ...['-color_range', '1', '-colorspace', '9', '-color_primaries', '9'],
    ...['-color_trc', '18', '-chroma_sample_location', '3'],
  ]);
  assert.deepEqual(colourBox(hlg), ['-movflags', '+write_colr']);
});

test('a name that is no YCbCr matrix is left out, and so is the colour box', () => {
  const colour: Colour = { ...unknown, range: 'pc', matrix: 'gbr', primaries: 'bt709' };
  assert.deepEqual(colourFlags(colour), ['-color_range', '2', '-color_primaries', '1']);
  assert.deepEqual(colourBox(colour), []);
});
