import assert from 'node:assert/strict';
import test from 'node:test';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { kernelScorer, plainScorer } from '../../../../src/enlarge/scores/standing-scores.js';
import { random } from '../../../support/random-model.js';

function noise(width: number, height: number, peak: number, seed: number): Plane {
  const next = random(seed);
  const make = () => Math.min(peak, Math.max(0, Math.round((0.5 + 1.4 * next()) * peak)));
  const samples = Array.from({ length: width * height }, make);
  return {
    data: peak > 255 ? Uint16Array.from(samples) : Uint8Array.from(samples),
    width,
    height,
  };
}

for (const [format, width, height] of [
  ['gray', 37, 21],
  ['gray10le', 64, 9],
  ['gray12le', 3, 2],
] as const) {
  test(`the vector kernels measure ${format} ${width}x${height} as plain JavaScript does`, () => {
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const peak = 2 ** layout.format.bitDepth - 1;
    const source = noise(width, height, peak, 1);
    const larger = noise(width * 2, height * 2, peak, 2);
    const truth = noise(width * 2, height * 2, peak, 3);
    const results = [kernelScorer, plainScorer].map((make) => {
      const scorer = make(layout, 2);
      const bicubic: Plane = { ...larger, data: larger.data.slice().fill(0) };
      scorer.begin(source, larger, truth, bicubic);
      const whole = scorer.rows(0, height);
      const cut = height >> 1;
      const [first, second] = [scorer.rows(0, cut), scorer.rows(cut, height)];
      assert.equal(first.toSource + second.toSource, whole.toSource);
      assert.equal(first.toBicubic + second.toBicubic, whole.toBicubic);
      return { ...whole, bicubic: bicubic.data };
    });
    assert.deepEqual(results[0], results[1]);
    assert.ok(results[0]!.toBicubic > 0);
  });
}
