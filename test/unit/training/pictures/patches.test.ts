import assert from 'node:assert/strict';
import test from 'node:test';
import { PatchSource, roomFor } from '../../../../src/training/pictures/patches.js';
import { sharePlane } from '../../../../src/training/pictures/picture.js';

const shape = { scale: 2, shuffle: 2, patch: 3, reach: 2 };

/**
 * A picture in which low sample (x, y) is 10 x + y, and each of the four above it adds its channel.
 */
function picture(width: number, height: number) {
  const low = { data: new Uint8Array(width * height), width, height };
  const high = { data: new Uint8Array(4 * width * height), width: 2 * width, height: 2 * height };
  for (let y = 0; y < 2 * height; y++) {
    for (let x = 0; x < 2 * width; x++) {
      const base = 10 * (x >> 1) + (y >> 1);
      low.data[(y >> 1) * width + (x >> 1)] = base;
      high.data[y * 2 * width + x] = base + 100 * ((x & 1) ^ (y & 1));
    }
  }
  return { name: 'made', low: [sharePlane(low)], high: [sharePlane(high)], strength: 0.25 };
}

function cut(source: PatchSource, ...place: number[]) {
  const x = new Float32Array(49);
  const t = new Float32Array(4 * 9);
  source.cut(place, x, t, 0);
  const back = (values: Float32Array) => Array.from(values, (value) => Math.round(value * 255));
  return { x: back(x), t: back(t) };
}

test('the wanted samples belong to the middle of the input, in all eight turns', () => {
  const source = new PatchSource([picture(8, 7)], shape);
  const seen = new Set<string>();
  for (let step = 0; step < 60; step++) {
    const { x, t } = cut(source, 1, step);
    for (let v = 0; v < 3; v++) {
      for (let u = 0; u < 3; u++) {
        const low = x[(v + 2) * 7 + u + 2]!;
        const channels = [0, 1, 2, 3].map((channel) => t[channel * 9 + v * 3 + u]!);
        // Turns exchange samples within the block of four, the sum of the odd ones stays on a
        // diagonal.
        const flat = channels.map((value) => value - low);
        assert.ok(
          [
            [0, 100, 100, 0],
            [100, 0, 0, 100],
          ].some((wanted) => wanted.join() === flat.join()),
          `low ${low}, channels ${channels.join(' ')}`,
        );
      }
    }
    seen.add([x[17]! - x[16]!, x[23]! - x[16]!].join());
  }
  // Steps of 10 lie along x or y, forwards or backwards: eight orientations.
  assert.equal([...seen].filter((steps) => /^(-?10,-?1|-?1,-?10)$/.test(steps)).length, 8);
});

for (const [turns, orientations] of [
  [2, ['10,1', '-10,1']],
  [4, ['10,1', '-10,1', '10,-1', '-10,-1']],
] as const) {
  test(`a picture that may have ${turns} turns is never put on its side`, () => {
    const source = new PatchSource([{ ...picture(8, 7), turns }], shape);
    const seen = new Set<string>();
    for (let step = 0; step < 60; step++) {
      const { x } = cut(source, 1, step);
      seen.add([x[17]! - x[16]!, x[23]! - x[16]!].join());
    }
    const whole = [...seen].filter((steps) => /^(-?10,-?1|-?1,-?10)$/.test(steps));
    assert.deepEqual(whole.sort(), [...orientations].sort());
  });
}

test('the border is repeated outwards, as inference does', () => {
  const source = new PatchSource([picture(3, 3)], shape);
  const { x } = cut(source, 5, 5);
  assert.equal(x[0], x[16], 'the corner two samples out is the corner');
});

test('the same place gives the same patch, another place another', () => {
  const source = new PatchSource([picture(20, 20), picture(12, 30)], shape);
  assert.deepEqual(cut(source, 1, 2, 3), cut(source, 1, 2, 3));
  assert.notDeepEqual(cut(source, 1, 2, 3), cut(source, 1, 2, 4));
});

test('a picture smaller than a patch has no room', () => {
  assert.equal(roomFor({ width: 2, height: 9 }, 3), 0);
  assert.equal(roomFor({ width: 4, height: 5 }, 3), 6);
});

test('of several planes each is cut alike, and all of a block\u2019s place stand together', () => {
  const [one] = [picture(9, 8)];
  const inverted = (planes: typeof one.low) =>
    planes.map((plane) => sharePlane({ ...plane, data: plane.data.map((value) => 255 - value) }));
  const both = {
    name: 'two planes',
    low: [...one.low, ...inverted(one.low)],
    high: [...one.high, ...inverted(one.high)],
    strength: 0,
  };
  for (let step = 0; step < 16; step++) {
    const single = cut(new PatchSource([one], shape), 1, step);
    const x = new Float32Array(2 * 49);
    const t = new Float32Array(2 * 4 * 9);
    new PatchSource([both], shape).cut([1, step], x, t, 0);
    const back = (values: Float32Array) => Array.from(values, (value) => Math.round(value * 255));
    assert.deepEqual(back(x), [...single.x, ...single.x.map((value) => 255 - value)]);
    const wanted = [0, 1, 2, 3].flatMap((place) => {
      const own = single.t.slice(place * 9, place * 9 + 9);
      return [...own, ...own.map((value) => 255 - value)];
    });
    assert.deepEqual(back(t), wanted);
  }
});
