import assert from 'node:assert/strict';
import test from 'node:test';
import { planeOf } from '../../../../src/planes/frame.js';
import {
  frameLayout,
  pixelFormats,
  type FrameLayout,
} from '../../../../src/planes/pixel-format.js';
import { stillLength } from '../../../../src/enlarge/scores/flicker.js';
import {
  lumaLayout,
  scorer,
  sumsLength,
  type ScoredFrame,
} from '../../../../src/enlarge/scores/score-frame.js';
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
    const traceOf = (input: Uint8Array, output: Uint8Array): ScoredFrame => ({
      ...{ input, output, reference: null, follows: false },
      sums: new Float64Array(sumsLength(height)),
      bicubic: new Uint8Array(lumaLayout(larger).byteLength),
      still: new Uint8Array(stillLength(width, height)),
    });
    const standing = true;
    const before = traceOf(noise(layout, 1), noise(larger, 2));
    score(before, { standing, before: null, changed: null });
    for (let row = 0; row < height; row++) {
      // One source row, and the larger rows made of it, are new: bands near it must be measured
      // again.
      const [now, made] = [before.input.slice(), before.output.slice()];
      planeOf(now, layout, 0).data.fill(row * 5, row * width, (row + 1) * width);
      const [y0, y1] = [row * scale, (row + 1) * scale];
      planeOf(made, larger, 0).data.fill(200 - row, y0 * larger.width, y1 * larger.width);
      const [whole, kept] = [traceOf(now, made), traceOf(now, made)];
      const full = score(whole, { standing, before: { ...before, follows: true }, changed: null });
      const changed = (from: number, to: number): boolean => from <= row && row < to;
      const fast = score(kept, { standing, before: { ...before, follows: true }, changed });
      assert.deepEqual(fast, full, `row ${row}`);
      assert.deepEqual(kept, whole, `what is left to the next frame, row ${row}`);
    }
  });
}
