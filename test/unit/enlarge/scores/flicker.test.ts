import assert from 'node:assert/strict';
import test from 'node:test';
import {
  flickerMeter,
  stillLength,
  type FlickerRequest,
} from '../../../../src/enlarge/scores/flicker.js';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { random } from '../../../support/random-model.js';

/** A plane of what `value` gives for each place. */
function plane(
  width: number,
  height: number,
  deep: boolean,
  value: (x: number, y: number) => number,
): Plane {
  const make = (_: unknown, i: number) => value(i % width, Math.floor(i / width));
  const samples = Array.from({ length: width * height }, make);
  return { data: deep ? Uint16Array.from(samples) : Uint8Array.from(samples), width, height };
}

/** Mean absolute difference of the block of `side` samples at (x, y). */
function change([a, b]: readonly [Plane, Plane], x: number, y: number, side: number): number {
  let sum = 0;
  for (let row = y; row < y + side; row++) {
    for (let column = x; column < x + side; column++) {
      const i = row * a.width + column;
      sum += Math.abs(a.data[i]! - b.data[i]!);
    }
  }
  return sum / side ** 2;
}

/** The formulas as they are written down, block by block in floating point. */
function expected(request: FlickerRequest, sourceBefore: Plane, scale: number, level: number) {
  const { source, larger, bicubic, truth } = request;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [flicker, ofBicubic, toBicubic]: [number[], number[], number[]] = [[], [], []];
  let blocks = 0;
  for (let y = 0; y + 16 <= larger[0].height; y += 16) {
    for (let x = 0; x + 16 <= larger[0].width; x += 16) {
      blocks++;
      const own = change(truth!, x, y, 16) / level;
      if (own >= 1) continue;
      flicker.push(change(larger, x, y, 16) / level - own);
      ofBicubic.push(change(bicubic, x, y, 16) / level - own);
    }
  }
  for (let y = 0; y + 8 <= source[0].height; y += 8) {
    for (let x = 0; x + 8 <= source[0].width; x += 8) {
      if (change([sourceBefore, source[0]], x, y, 8) / level >= 1) continue;
      const of = (pair: readonly [Plane, Plane]) => change(pair, x * scale, y * scale, 8 * scale);
      toBicubic.push((of(larger) - of(bicubic)) / level);
    }
  }
  const some = flicker.length >= 0.02 * blocks && blocks > 0;
  return {
    flickerY: some ? mean(flicker) : null,
    flickerYBicubic: some ? mean(ofBicubic) : null,
    flickerToBicubicY: toBicubic.length === 0 ? null : mean(toBicubic),
  };
}

for (const [name, width, height, scale] of [
  ['gray', 53, 37, 2],
  ['gray10le', 40, 24, 3],
  ['gray12le', 61, 33, 4],
  ['gray', 7, 7, 2],
] as const) {
  test(`the figures are those of the formulas: ${name}, ${width}x${height}, ${scale}x`, () => {
    const layout = frameLayout(pixelFormats.get(name)!, width, height);
    const larger = frameLayout(layout.format, width * scale, height * scale);
    const { bitDepth } = layout.format;
    const level = (2 ** bitDepth - 1) / 255;
    const next = random(7);
    /** Two frames: noise of one seed, of which the left half moves by less than the right one. */
    const pair = (of: { width: number; height: number }): [Plane, Plane] => {
      const base = plane(
        of.width,
        of.height,
        bitDepth > 8,
        () => (0.6 + 0.6 * next()) * 200 * level,
      );
      const moved = plane(of.width, of.height, bitDepth > 8, (x, y) => {
        const by = x < of.width / 2 ? 1.4 : 40;
        return base.data[y * of.width + x]! + Math.round(by * level * next() * 2);
      });
      return [base, moved];
    };
    const [sourceBefore, source] = pair(layout);
    const request: FlickerRequest = {
      source: [source, pair(layout)[1]],
      larger: pair(larger),
      bicubic: pair(larger),
      truth: pair(larger),
      still: new Uint8Array(stillLength(width, height)),
      stillBefore: new Uint8Array(stillLength(width, height)),
      changed: null,
    };
    const meter = flickerMeter(layout, larger, scale);
    // The pair before marks what is still; of it no figure is asked.
    const first = { ...request, source: [sourceBefore, source] as const, truth: null };
    const nothing = meter({ ...first, still: request.stillBefore!, stillBefore: null });
    assert.ok(Object.values(nothing).every((value) => value === null));
    const found = meter(request);
    for (const [key, value] of Object.entries(expected(request, sourceBefore, scale, level))) {
      const got = found[key as keyof typeof found];
      assert.equal(got === null, value === null, key);
      if (value !== null) assert.ok(Math.abs(got! - value) < 1e-9, `${key} ${got} ${value}`);
    }
    assert.equal(found.flickerToBicubicY === null, width < 8);
  });
}

test('boiling is measured at its strength, a still clip at 0, one that is never still not at all', () => {
  const [width, height] = [96, 64];
  const layout = frameLayout(pixelFormats.get('gray')!, width, height);
  const larger = frameLayout(layout.format, 2 * width, 2 * height);
  const meter = flickerMeter(layout, larger, 2);
  const texture = (x: number, y: number): number => 100 + ((7 * x + 13 * y) % 50);
  const still = (of: { width: number; height: number }) =>
    plane(of.width, of.height, false, texture);
  const next = random(3);
  const measure = (picture: () => Plane, truth: () => Plane) =>
    meter({
      source: [still(layout), still(layout)],
      larger: [picture(), picture()],
      bicubic: [still(larger), still(larger)],
      truth: [truth(), truth()],
      still: new Uint8Array(stillLength(width, height)),
      stillBefore: new Uint8Array(stillLength(width, height)).fill(1),
      changed: null,
    });
  const none = { flickerY: 0, flickerYBicubic: 0, flickerToBicubicY: 0 };
  assert.deepEqual(
    measure(
      () => still(larger),
      () => still(larger),
    ),
    none,
  );
  for (const strength of [4, 8, 16]) {
    /** A texture with noise of up to `strength` levels either way. */
    const boiling = () =>
      plane(larger.width, larger.height, false, (x, y) =>
        Math.round(texture(x, y) + 2 * strength * next()),
      );
    const { flickerY, flickerToBicubicY } = measure(boiling, () => still(larger));
    // Two numbers drawn evenly from -s to s differ by two thirds of s in the mean.
    assert.ok(Math.abs(flickerY! / ((2 / 3) * strength) - 1) < 0.12, `${strength}: ${flickerY}`);
    assert.ok(Math.abs(flickerToBicubicY! - flickerY!) < 1e-9);
  }
  let turn = 0;
  const moving = () => plane(larger.width, larger.height, false, () => (turn++ < 24576 ? 9 : 60));
  assert.deepEqual(
    measure(() => still(larger), moving),
    {
      ...{ flickerY: null, flickerYBicubic: null },
      flickerToBicubicY: 0,
    },
  );
});
