import test from 'node:test';
import assert from 'node:assert/strict';
import { cropFrame } from '../../../src/planes/crop-frame.js';
import { planeOf } from '../../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../../src/planes/pixel-format.js';
import { resizeFrame } from '../../../src/planes/resize-frame.js';

/** A ramp along x in scene units: luma column x lies at x, left-sited chroma column i at 2 i. */
function ramp(width: number, height: number, unit: number, siting: 'left' | 'center') {
  const layout = frameLayout(pixelFormats.get('yuv420p')!, width, height);
  const data = new Uint8Array(layout.byteLength);
  const offset = siting === 'left' ? 0 : 0.5;
  for (const number of [0, 1, 2]) {
    const plane = planeOf(data, layout, number);
    for (let i = 0; i < plane.data.length; i++) {
      const x = i % plane.width;
      const place = number === 0 ? x : 2 * x + offset;
      plane.data[i] = Math.round(40 + unit * (place + 0.5));
    }
  }
  return { data, layout };
}

for (const siting of ['left', 'center'] as const) {
  test(`${siting}-sited chroma stays where it is when a frame is enlarged and reduced`, () => {
    const small = ramp(32, 8, 4, siting);
    const large = ramp(64, 16, 2, siting);
    for (const [from, to] of [
      [small, large],
      [large, small],
    ] as const) {
      const { width, height } = to.layout;
      const resized = resizeFrame(from.data, from.layout, { width, height }, { siting });
      for (const number of [0, 1, 2]) {
        const expected = planeOf(to.data, to.layout, number);
        const found = planeOf(resized.data, resized.layout, number);
        const middle = expected.width * (expected.height >> 1);
        for (let x = 6; x < expected.width - 6; x++) {
          const off = Math.abs(expected.data[middle + x]! - found.data[middle + x]!);
          assert.equal(off, 0, `plane ${number}, column ${x}: off by ${off}`);
        }
      }
    }
  });
}

test('a crop keeps the top left of every plane', () => {
  const { data, layout } = ramp(32, 8, 4, 'left');
  const cropped = cropFrame(data, layout, 17, 5);
  assert.deepEqual([cropped.layout.planes[1]!.width, cropped.layout.planes[1]!.height], [9, 3]);
  for (const number of [0, 1, 2]) {
    const [from, to] = [
      planeOf(data, layout, number),
      planeOf(cropped.data, cropped.layout, number),
    ];
    for (let y = 0; y < to.height; y++) {
      for (let x = 0; x < to.width; x++) {
        assert.equal(to.data[y * to.width + x], from.data[y * from.width + x]);
      }
    }
  }
});
