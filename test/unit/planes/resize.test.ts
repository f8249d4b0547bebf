import assert from 'node:assert/strict';
import test from 'node:test';
import { resizePlane, resizeTaps, resizeToFloat } from '../../../src/planes/resize.js';

const row = (...data: number[]) => ({ data: Uint8Array.from(data), width: data.length, height: 1 });

test('halving weighs eight samples as Matlab does', () => {
  const { taps, places, weights } = resizeTaps(16, 8);
  // Cubic at a quarter, three quarters, ... of the widened kernel, halved.
  const half = [-0.01171875, -0.03515625, 0.11328125, 0.43359375];
  const wanted = new Map([...half, ...half.toReversed()].map((weight, i) => [5 + i, weight]));
  for (let t = 0; t < taps; t++) {
    const weight = weights[4 * taps + t]!;
    const place = places[4 * taps + t]!;
    if (weight !== 0) assert.ok(Math.abs(weight - wanted.get(place)!) < 1e-12, `at ${place}`);
  }
});

test('doubling weighs four samples, a quarter of a sample to either side', () => {
  const up = resizeToFloat(row(0, 0, 0, 128, 0, 0, 0, 0), 16, 1);
  // 128 x the cubic at distances 1.75, 1.25, 0.75, 0.25.
  assert.deepEqual([...up.data.slice(3, 11)], [-3, -9, 29, 111, 111, 29, -9, -3]);
});

test('the border is mirrored with its sample twice', () => {
  const { taps, places, weights } = resizeTaps(4, 8);
  const used = [...places.slice(0, taps)].filter((_, t) => weights[t] !== 0);
  assert.deepEqual(used, [1, 0, 0, 1]);
  const flat = resizePlane(row(7, 7, 7, 7), 8, 1);
  assert.deepEqual([...flat.data], Array<number>(8).fill(7));
});

test('values are rounded once and clipped to the depth', () => {
  const steep = resizePlane(row(0, 0, 255, 255), 8, 1);
  assert.ok(Math.min(...steep.data) === 0 && Math.max(...steep.data) === 255);
  const ten = { data: Uint16Array.of(0, 0, 1023, 1023), width: 4, height: 1 };
  const up = resizePlane(ten, 8, 1, 10);
  assert.ok(up.data instanceof Uint16Array && Math.max(...up.data) === 1023);
});

test('the same size changes nothing', () => {
  const source = { data: Uint8Array.of(1, 200, 30, 4, 50, 60), width: 3, height: 2 };
  assert.deepEqual(resizePlane(source, 3, 2), source);
});

test('a shift moves the samples of the source', () => {
  const source = row(10, 20, 30, 40, 50, 60);
  const moved = resizeToFloat(source, 6, 1, { shiftX: 1 });
  assert.deepEqual([...moved.data.slice(0, 4)], [20, 30, 40, 50]);
  const down = resizeToFloat({ data: source.data, width: 1, height: 6 }, 1, 6, { shiftY: -1 });
  assert.deepEqual([...down.data.slice(2)], [20, 30, 40, 50]);
});

test('nearest repeats samples; bilinear lies between them', () => {
  assert.deepEqual([...resizePlane(row(1, 9), 4, 1, 8, { kernel: 'nearest' }).data], [1, 1, 9, 9]);
  assert.deepEqual([...resizeToFloat(row(0, 8), 4, 1, { kernel: 'bilinear' }).data], [0, 2, 6, 8]);
});
