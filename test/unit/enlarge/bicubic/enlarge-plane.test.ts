import assert from 'node:assert/strict';
import test from 'node:test';
import type { Plane } from '../../../../src/planes/plane.js';
import { resizePlane } from '../../../../src/planes/resize.js';
import {
  enlargingTaps,
  reducingTaps,
  sitingShift,
} from '../../../../src/enlarge/bicubic/bicubic-taps.js';
import { planeEnlarger } from '../../../../src/enlarge/bicubic/enlarge-plane.js';
import { kernelsFit } from '../../../../src/enlarge/bicubic/kernel-rows.js';
import { rowEnlarger } from '../../../../src/enlarge/bicubic/row-enlarger.js';

function noise(width: number, height: number, bitDepth: number): Plane {
  let seed = 7;
  const count = width * height;
  const data = bitDepth === 8 ? new Uint8Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    // Extremes too: overshoot must clip.
    data[i] = seed % 5 === 0 ? (seed & 64 ? 2 ** bitDepth - 1 : 0) : (seed >>> 8) % 2 ** bitDepth;
  }
  return { data, width, height };
}

function enlarged(
  source: Plane,
  scale: number,
  bitDepth: number,
  qx = 0,
  qy = 0,
  make = rowEnlarger,
): Plane {
  const { width, height } = source;
  const enlarger = make(enlargingTaps(scale, qx), enlargingTaps(scale, qy), width, bitDepth);
  const count = width * height * scale * scale;
  const data = bitDepth === 8 ? new Uint8Array(count) : new Uint16Array(count);
  enlarger.begin(source);
  for (let y = 0; y < height * scale; y++) {
    enlarger.row(y, 0, width, data, y * width * scale);
  }
  return { data, width: width * scale, height: height * scale };
}

for (const scale of [2, 3, 4, 6, 9, 16]) {
  for (const bitDepth of [8, 10, 12] as const) {
    test(`bicubic by ${scale} at ${bitDepth} bit is resizePlane's to the bit`, () => {
      const source = noise(19, 11, bitDepth);
      const [width, height] = [19 * scale, 11 * scale];
      const expected = resizePlane(source, width, height, bitDepth);
      assert.deepEqual(enlarged(source, scale, bitDepth), expected);
      assert.deepEqual(enlarged(source, scale, bitDepth, 0, 0, planeEnlarger), expected);
    });
  }
}

test('sited chroma is bicubic shifted by the siting', () => {
  for (const siting of ['left', 'topleft', 'bottom', 'center'] as const) {
    for (const scale of [2, 3, 4]) {
      const source = noise(13, 9, 8);
      const qx = sitingShift(scale, siting, 'x');
      const qy = sitingShift(scale, siting, 'y');
      const expected = resizePlane(source, 13 * scale, 9 * scale, 8, {
        shiftX: qx / (4 * scale),
        shiftY: qy / (4 * scale),
      });
      assert.deepEqual(enlarged(source, scale, 8, qx, qy), expected, `${siting} x${scale}`);
    }
  }
});

test('left siting shifts by (1 - 1/s)/4 sideways and not downwards', () => {
  assert.equal(sitingShift(2, 'left', 'x') / 8, (1 - 1 / 2) / 4);
  assert.equal(sitingShift(2, 'left', 'y'), 0);
  assert.equal(sitingShift(3, 'topleft', 'y'), 2); // Quarters of thirds: 2/12.
});

test('a constant stays that constant', () => {
  for (const value of [0, 1, 127, 128, 255]) {
    const source: Plane = { data: new Uint8Array(35).fill(value), width: 7, height: 5 };
    const { data } = enlarged(source, 2, 8, 1, 1);
    assert.ok(data.every((sample) => sample === value));
  }
});

test('a part of a row is that part of the whole row', () => {
  const source = noise(30, 8, 8);
  const whole = enlarged(source, 2, 8, 1);
  for (const make of [rowEnlarger, planeEnlarger]) {
    const enlarger = make(enlargingTaps(2, 1), enlargingTaps(2), 30, 8);
    const part = new Uint8Array(20);
    enlarger.begin(source);
    enlarger.row(5, 10, 20, part, 0);
    assert.deepEqual(part, whole.data.subarray(5 * 60 + 20, 5 * 60 + 40));
  }
});

test('weights add up to the denominator', () => {
  for (const scale of [2, 3, 4, 5]) {
    for (const taps of [enlargingTaps(scale), enlargingTaps(scale, 1), reducingTaps(scale)]) {
      for (const row of taps.weights) {
        assert.equal(
          row.reduce((sum, weight) => sum + weight, 0),
          taps.denominator,
        );
      }
    }
  }
});

test('the vector kernels serve 2x, left-sited at every depth, and 4x', () => {
  for (const bitDepth of [8, 10, 12]) {
    for (const shift of [0, 1, -1]) {
      assert.ok(kernelsFit(enlargingTaps(2, shift), enlargingTaps(2), bitDepth));
    }
  }
  assert.ok(kernelsFit(enlargingTaps(2, 1), enlargingTaps(2, 1), 8));
  assert.ok(kernelsFit(enlargingTaps(4), enlargingTaps(4), 8));
  assert.ok(!kernelsFit(enlargingTaps(3), enlargingTaps(3), 8));
});

test('planes narrower than the kernels reach are mirrored', () => {
  for (const width of [1, 2, 3, 5]) {
    const data = Uint8Array.from({ length: width * 3 }, (_, i) => (i * 97) % 256);
    const source: Plane = { data, width, height: 3 };
    assert.deepEqual(enlarged(source, 2, 8), resizePlane(source, width * 2, 6));
  }
});
