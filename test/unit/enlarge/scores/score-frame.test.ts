import assert from 'node:assert/strict';
import test from 'node:test';
import { planeOf } from '../../../../src/planes/frame.js';
import {
  frameLayout,
  pixelFormats,
  type FrameLayout,
} from '../../../../src/planes/pixel-format.js';
import { scorer, sumsLength } from '../../../../src/enlarge/scores/score-frame.js';
import { random } from '../../../support/random-model.js';

function noise(layout: FrameLayout, seed: number): Uint8Array {
  const next = random(seed);
  return new Uint8Array(layout.byteLength).map(() => Math.round((next() + 0.5) * 255));
}

for (const scale of [2, 3]) {
  test(`sums kept from the frame before are those of a full measurement, whichever row changes, ${scale}x`, () => {
    const [width, height] = [24, 48];
    const layout = frameLayout(pixelFormats.get('gray')!, width, height);
    const larger = frameLayout(layout.format, width * scale, height * scale);
    const score = scorer(layout, larger, scale);
    const [frame, into] = [noise(layout, 1), noise(larger, 2)];
    const before = new Float64Array(sumsLength(height));
    const request = { reference: null, standing: true };
    score(frame, into, { ...request, sums: before, before: null });
    for (let row = 0; row < height; row++) {
      // One source row, and the larger rows made of it, are new: bands near it must be measured
      // again.
      const [now, made] = [frame.slice(), into.slice()];
      planeOf(now, layout, 0).data.fill(row * 5, row * width, (row + 1) * width);
      const [y0, y1] = [row * scale, (row + 1) * scale];
      planeOf(made, larger, 0).data.fill(200 - row, y0 * larger.width, y1 * larger.width);
      const sums = new Float64Array(before.length);
      const full = score(now, made, { ...request, sums, before: null });
      const kept = new Float64Array(before.length);
      const changed = (from: number, to: number): boolean => from <= row && row < to;
      const fast = score(now, made, { ...request, sums: kept, before: { sums: before, changed } });
      assert.deepEqual(fast, full, `row ${row}`);
      assert.deepEqual(kept, sums, `sums, row ${row}`);
    }
  });
}
