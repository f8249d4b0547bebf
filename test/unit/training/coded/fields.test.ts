import assert from 'node:assert/strict';
import test from 'node:test';
import type { Plane } from '../../../../src/planes/plane.js';
import { resizePlane } from '../../../../src/planes/resize.js';
import { randomAt } from '../../../../src/training/base/random.js';
import { anyFields, type DrawnFields } from '../../../../src/training/coded/draw-coding.js';
import { interlaced, lowPassed } from '../../../../src/training/coded/fields.js';
import { movingViews } from '../../../../src/training/coded/moving-views.js';

test('frames hold the lines of two pictures, the first ones where the order says', () => {
  const pictures = [1, 2, 3, 4].map((value): Plane => {
    return { data: new Uint8Array(8).fill(value), width: 2, height: 4 };
  });
  const lines = (frames: Plane[]) =>
    frames.map(({ data }) => [data[0], data[2], data[4], data[6]].join(''));
  assert.deepEqual(lines(interlaced(pictures, 'top')), ['1212', '3434']);
  assert.deepEqual(lines(interlaced(pictures, 'bottom')), ['2121', '4343']);
});

test('the low-pass takes half of each line and a quarter of each neighbour', () => {
  const data = Uint8Array.from([0, 0, 100, 100, 0, 40, 9, 8]);
  const { data: blurred } = lowPassed({ data, width: 2, height: 4 });
  assert.deepEqual([...blurred], [25, 25, 50, 60, 27, 47, 7, 16]);
});

test('orders, rates, low-passes and coding are all drawn', () => {
  const draws = Array.from({ length: 60 }, (_, seed) => anyFields([10, 35])(randomAt(seed)));
  const share = (is: (drawn: DrawnFields) => boolean) => draws.filter(is).length / draws.length;
  for (const [what, value] of Object.entries({
    top: share(({ order }) => order === 'top'),
    field: share(({ rate }) => rate === 'field'),
    coded: share(({ coding }) => coding !== null),
  })) {
    assert.ok(value > 0.3 && value < 0.7, `${what}: ${value}`);
  }
  const blurred = share(({ lowPass }) => lowPass);
  assert.ok(blurred > 0.15 && blurred < 0.5, `low-pass: ${blurred}`);
});

/** Noise, in which no two places look alike. */
function noise(width: number, height: number): Plane {
  const random = randomAt(9);
  return { data: Uint8Array.from({ length: width * height }, () => 256 * random()), width, height };
}

/** Where the middle of a view lies in the still, or `null` if nowhere. */
function placeOf(view: Plane, still: Plane): readonly [number, number] | null {
  const [u, v, length] = [view.width >> 1, view.height >> 1, 12];
  const wanted = view.data.subarray(v * view.width + u, v * view.width + u + length).join();
  for (let y = 0; y < still.height; y++) {
    for (let x = 0; x + length <= still.width; x++) {
      const at = y * still.width + x;
      if (still.data[at] !== view.data[v * view.width + u]) continue;
      if (still.data.subarray(at, at + length).join() === wanted) return [x, y];
    }
  }
  return null;
}

test('views move evenly, have even sizes, and are the low resolution of each other', () => {
  const still = noise(221, 190);
  let [moving, fast] = [0, 0];
  for (let seed = 0; seed < 12; seed++) {
    const { low, high } = movingViews(still, 2, 6, randomAt(seed));
    const [{ width, height }] = low as [Plane];
    assert.ok(width % 2 === 0 && height % 2 === 0 && width >= 62, `${width}x${height}`);
    for (const [i, plane] of high.entries()) {
      assert.deepEqual([plane.width, plane.height], [2 * width, 2 * height]);
      assert.deepEqual(low[i], resizePlane(plane, width, height));
    }
    const places = high.map((plane) => placeOf(plane, still));
    // Something may move over the middle.
    if (places.includes(null)) continue;
    const steps = places.slice(1).map((place, i) => place![0] - places[i]![0]);
    if (Math.max(...steps) - Math.min(...steps) > 1) continue;
    moving++;
    if (Math.abs(steps[0]!) > 4) fast++;
  }
  assert.ok(moving >= 4 && fast >= 1, `${moving} of 12 move evenly, ${fast} fast`);
});

test('a picture that is hardly larger than a patch still gives views', () => {
  const { high } = movingViews(noise(90, 83), 2, 10, randomAt(4));
  assert.deepEqual([high[0]!.width, high[0]!.height, high.length], [88, 80, 10]);
});
