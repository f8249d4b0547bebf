import assert from 'node:assert/strict';
import test from 'node:test';
import { NoiseMeter } from '../../../../src/media/scan/noise.js';

const [width, height] = [192, 128];

/** Numbers that look random, from 0 to 1, always the same for one seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Paint = (x: number, y: number) => number;

/** A soft slope, as a wall or a sky. */
const slope: Paint = (x, y) => 90 + x / 4 + y / 4;
/** Lines and dots all over, as leaves or cloth. */
const detail: Paint = (x, y) => 120 + 50 * Math.sin(x * 1.9) * Math.cos(y * 1.3);
/** Half of each, side by side. */
const scene: Paint = (x, y) => (x < width / 2 ? slope(x, y) : detail(x, y));

/** A picture with Gaussian noise of standard deviation `sigma` (Box and Muller's method). */
function picture(paint: Paint, sigma: number, seed: number): Uint8Array {
  const next = numbers(seed);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const noise = Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(2 * Math.PI * next());
    return Math.round(
      Math.min(255, Math.max(0, paint(i % width, Math.floor(i / width)) + sigma * noise)),
    );
  });
}

function measured(...frames: readonly Uint8Array[]): number | null {
  const meter = new NoiseMeter(width, height);
  frames.forEach((frame, i) => {
    if (i > 0) meter.add(frame, frames[i - 1]!);
  });
  return meter.level();
}

test('the noise of a still picture is measured, flat or full of detail', () => {
  for (const sigma of [3, 6, 12]) {
    for (const paint of [slope, scene]) {
      const level = measured(...[1, 2, 3, 4].map((seed) => picture(paint, sigma, seed)))!;
      assert.ok(Math.abs(level / sigma - 1) < 0.2, `${sigma}: ${level}`);
    }
  }
});

test('what moves is no noise, and neither is detail that stands still', () => {
  const moving = (paint: Paint): number | null =>
    measured(...[0, 3, 6, 9].map((by) => picture((x, y) => paint(x + by, y + by), 0, 1)));
  assert.ok(moving(scene)! < 1, String(moving(scene)));
  const bars: Paint = (x, y) => (Math.floor(x / 24) % 2 === 0 ? 60 : 180) + y / 8;
  assert.ok(moving(bars)! < 1, String(moving(bars)));
  // A spot that changes, so that the frames are not the same.
  const still = [0, 1, 2].map((i) =>
    picture((x, y) => (x < 32 ? slope(x + 9 * i, y) : detail(x, y)), 0, 1),
  );
  assert.ok(measured(...still)! < 0.5, String(measured(...still)));
});

test('noise of the moving scene is found beside what moves', () => {
  const frames = [0, 3, 6, 9].map((by, i) => picture((x, y) => scene(x + by, y), 6, i + 1));
  assert.ok(Math.abs(measured(...frames)! / 6 - 1) < 0.3, String(measured(...frames)));
});

test('frames that repeat, and clipped black and white, tell nothing', () => {
  const one = picture(scene, 6, 1);
  assert.equal(measured(one, one, one), null);
  assert.equal(
    measured(
      picture(() => 16, 6, 1),
      picture(() => 250, 6, 2),
    ),
    null,
  );
});
