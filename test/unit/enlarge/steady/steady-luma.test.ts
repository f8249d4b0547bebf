import assert from 'node:assert/strict';
import test from 'node:test';
import { compileKernels } from '../../../../scripts/compile-kernels.js';
import { steadyKernelsWasm } from '../../../../src/enlarge/steady/steady-kernels-wasm.js';
import { steadyLuma } from '../../../../src/enlarge/steady/steady-luma.js';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { random } from '../../../support/random-model.js';

test('the bytes that are shipped are those of steady-kernels.wat', async () => {
  const bytes = await compileKernels('steady/steady-kernels');
  assert.equal(Buffer.from(bytes).toString('base64'), steadyKernelsWasm);
});

for (const [format, width, height] of [
  ['gray', 37, 21],
  ['gray10le', 16, 30],
  ['gray12le', 3, 2],
] as const) {
  test(`${format} ${width}x${height}: the formula's values`, () => {
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const peak = 2 ** layout.format.bitDepth - 1;
    const level = 2 ** (layout.format.bitDepth - 8);
    const next = random(4);
    const still = Array.from({ length: width * height }, () => (0.5 + next()) * 250);
    let moved = 0;
    /**
     * The left third is still but for noise, the middle one another picture each time, and the
     * right one a ramp that moves so little that the areas alone hardly differ.
     */
    const make = (): Plane => {
      moved += 0.3;
      const samples = still.map((value, i) => {
        const x = i % width;
        if (x < width / 3) return Math.round(level * (value + 2 * next()));
        if (x < (2 * width) / 3) return Math.round(level * 255 * (0.5 + next()));
        return Math.round(level * 3 * (x + moved));
      });
      const kept = samples.map((sample) => Math.min(peak, Math.max(0, sample)));
      return {
        data: peak > 255 ? Uint16Array.from(kept) : Uint8Array.from(kept),
        width,
        height,
      };
    };
    const [plane, ...around] = [make(), make(), make(), make(), null] as const;
    const into = { ...plane, data: plane.data.slice() };
    const steady = steadyLuma(layout);
    steady(plane, around, into);
    const mirror = (i: number, n: number): number => {
      while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
      return i;
    };
    const at = ({ data }: Plane, x: number, y: number): number =>
      data[mirror(y, height) * width + mirror(x, width)]! / level;
    const shown = [around[0], around[1], plane, around[2], around[3]];
    let changed = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        /** The mean over 5x5 samples around. */
        const mean = (value: (x: number, y: number) => number): number => {
          let all = 0;
          for (let j = -2; j <= 2; j++) {
            for (let i = -2; i <= 2; i++) {
              all += value(mirror(x + i, width), mirror(y + j, height)) / 25;
            }
          }
          return all;
        };
        const far = (a: number, b: number): number => {
          const [one, two] = [shown[a] ?? null, shown[b] ?? null];
          if (one === null || two === null) return Infinity;
          return mean((x, y) => Math.abs(at(one, x, y) - at(two, x, y)));
        };
        const slope = mean((x, y) => {
          const [here, right, below] = [at(plane, x, y), at(plane, x + 1, y), at(plane, x, y + 1)];
          return (Math.abs(right - here) + Math.abs(below - here)) / 2;
        });
        const pairs = [far(0, 1), far(1, 2), far(2, 3), far(3, 4)].sort((a, b) => a - b);
        const moved = pairs[1]! / (1 + slope);
        let [sum, weights] = [at(plane, x, y), 1];
        for (const other of [0, 1, 3, 4]) {
          if (shown[other] === null) continue;
          const weight = Math.exp(-((far(other, 2) / 5) ** 2) - (moved / 0.4) ** 2);
          sum += weight * at(shown[other]!, x, y);
          weights += weight;
        }
        const made = into.data[y * width + x]!;
        // Half a step of rounding, and by how much the weights are off.
        const off = Math.abs(made - (level * sum) / weights);
        assert.ok(off <= 0.5 + 0.1 * level, `${x}, ${y}: ${made} for ${(level * sum) / weights}`);
        if (made !== plane.data[y * width + x]) changed++;
      }
    }
    if (width > 3) assert.ok(changed > 0);
    const alone = { ...plane, data: plane.data.slice().fill(0) };
    steady(plane, [null, null, null, null], alone);
    assert.deepEqual(alone.data, plane.data, 'a frame alone stays as it is');
    steady(plane, [plane, plane, plane, plane], alone);
    assert.deepEqual(alone.data, plane.data, 'what does not change stays as it is');
  });
}
