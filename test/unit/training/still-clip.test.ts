import assert from 'node:assert/strict';
import test from 'node:test';
import { psnr } from '../../../src/metrics/psnr.js';
import type { Plane } from '../../../src/planes/plane.js';
import { randomAt } from '../../../src/training/random.js';
import { clipOfStill } from '../../../src/training/still-clip.js';

function waves(width: number, height: number): Plane {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return 128 + 50 * Math.sin(x / 7 + y / 11) + 40 * Math.sin(x / 19 - y / 5);
  });
  return { data, width, height };
}

test('a clip of a still holds the still where asked, and moves smoothly around it', () => {
  const still = waves(120, 90);
  let moving = 0;
  for (let seed = 0; seed < 16; seed++) {
    const frames = clipOfStill(still, 6, 2, randomAt(seed));
    assert.equal(frames.length, 6);
    assert.deepEqual(frames[2], still);
    const distances = frames.map((frame) => psnr(still, frame));
    if (distances.filter((dB) => dB < 60).length === 5) moving++;
    assert.ok(distances[3]! >= distances[5]!, `draw ${seed}: what is further on has moved further`);
    assert.ok(distances[1]! >= distances[0]!, `draw ${seed}: backwards, too`);
  }
  assert.ok(moving > 8, `${moving} of 16 clips move in every frame`);
});
