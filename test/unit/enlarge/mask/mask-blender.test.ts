import assert from 'node:assert/strict';
import test from 'node:test';
import { maskBlender } from '../../../../src/enlarge/mask/mask-blender.js';
import { maskPlanes } from '../../../../src/enlarge/mask/mask-planes.js';
import { enlarged } from '../../../../src/planes/enlarged.js';
import { planeOf } from '../../../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../../../src/planes/pixel-format.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { random } from '../../../support/random-model.js';
import { picture } from '../../../support/picture.js';
import { plainBicubic } from '../../../support/plain-bicubic.js';

/**
 * Dark on the left, light on the right, by default black and white, and a grey column between them
 * at `seam`.
 */
function halves(width: number, height: number, seam: number, [dark, light] = [0, 255]): Plane {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return x < seam ? dark : x === seam ? 100 : light;
  });
  return { data, width, height };
}

for (const [format, width, height, scale, siting] of [
  ['yuv420p', 33, 21, 2, 'left'],
  ['yuv420p10le', 24, 18, 4, 'topleft'],
  ['yuv422p', 31, 10, 3, 'center'],
  ['yuv444p12le', 15, 9, 1, 'center'],
  ['yuva420p', 22, 14, 1.5, 'left'],
  ['gray', 9, 7, 2, 'left'],
] as const) {
  test(`${format} ${width}x${height} at ${scale}x: black is bicubic, white stays, and grey is a blend of both`, () => {
    const layout = frameLayout(pixelFormats.get(format)!, width, height);
    const larger = frameLayout(layout.format, enlarged(width, scale), enlarged(height, scale));
    const { data: input } = picture(layout, 0);
    const made = picture(larger, 1).data;
    const bicubic = scale === 1 ? input : plainBicubic(input, layout, larger, scale, siting);
    const seam = larger.width >> 1;
    const mask = maskPlanes(halves(larger.width, larger.height, seam), larger, siting, true);
    const output = made.slice();
    maskBlender(mask, { layout, larger, scale, siting }).blend(input, output, null);
    const seen = { bicubic: 0, blend: 0, network: 0 };
    larger.planes.forEach((_, number) => {
      const [ours, theirs, plain] = [output, made, bicubic].map((each) => {
        return planeOf(each, larger, number);
      });
      const isAlpha = layout.format.alpha && number === larger.planes.length - 1;
      const shares = isAlpha ? null : number === 0 ? mask.luma : mask.chroma;
      for (let i = 0; i < ours!.data.length; i++) {
        const share = shares === null ? 255 : shares.data[i]!;
        seen[share === 0 ? 'bicubic' : share === 255 ? 'network' : 'blend']++;
        const exact = (theirs!.data[i]! * share + plain!.data[i]! * (255 - share)) / 255;
        assert.equal(ours!.data[i], Math.round(exact), `plane ${number}, sample ${i}`);
      }
    });
    assert.ok(Math.min(...Object.values(seen)) > 0, JSON.stringify(seen));
    const { data } = mask.luma;
    assert.deepEqual([data[seam - 1], data[seam], data[seam + 1]], [0, 100, 255]);
  });
}

test('a mask of another size is resampled without ringing, and its even parts stay what they are', () => {
  const layout = frameLayout(pixelFormats.get('yuv420p')!, 64, 48);
  for (const [width, height, dark, light] of [
    [16, 12, 0, 255],
    [16, 12, 60, 200],
    [128, 96, 60, 200],
  ] as const) {
    const mask = halves(width, height, width >> 1, [dark, light]);
    const { luma, chroma } = maskPlanes(mask, layout, 'left', true);
    for (const plane of [luma, chroma!]) {
      for (let y = 0; y < plane.height; y++) {
        const row = [...plane.data.subarray(y * plane.width, (y + 1) * plane.width)];
        assert.deepEqual(
          row,
          row.toSorted((a, b) => a - b),
        );
        assert.ok(row.slice(0, plane.width / 2 - 8).every((share) => share === dark));
        assert.ok(row.slice(plane.width / 2 + 8).every((share) => share === light));
      }
    }
  }
});

test('only the marked cells are blended', () => {
  const layout = frameLayout(pixelFormats.get('gray')!, 20, 12);
  const larger = frameLayout(layout.format, 40, 24);
  const mask = maskPlanes(halves(40, 24, 21), larger, 'left', false);
  const blender = maskBlender(mask, { layout, larger, scale: 2, siting: 'left' });
  const { data: input } = picture(layout, 0);
  const { data: made } = picture(larger, 1);
  const [whole, part] = [made.slice(), made.slice()];
  blender.blend(input, whole, null);
  const next = random(3);
  const { columns, rows } = blender.needed;
  const marks = Uint8Array.from({ length: columns * rows }, () => (next() > 0 ? 1 : 0));
  blender.blend(input, part, { marks, columns, rows });
  for (let y = 0; y < 24; y++) {
    for (let x = 0; x < 40; x++) {
      const isMarked = marks[(y >> 2) * columns + (x >> 2)] === 1;
      assert.equal(part[y * 40 + x], (isMarked ? whole : made)[y * 40 + x], `${x}, ${y}`);
    }
  }
  // The network shows from the grey column, 21, on, which is in cell 5; bicubic of columns up to
  // that one reads two source samples further.
  assert.deepEqual([...blender.needed.marks.subarray(0, columns)], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  assert.deepEqual([...blender.read.marks.subarray(0, columns)], [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
});
