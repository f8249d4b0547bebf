import assert from 'node:assert/strict';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { decodeBmp, isBmp } from '../../../../src/media/still/bmp.js';
import { lumaOfRgb } from '../../../../src/media/still/luma-image.js';

/** A BMP of 3 x 2: `pixels` are file bytes of the bottom row, then of the top one. */
function bmp(bits: number, palette: number[], rows: number[][], height = 2): Uint8Array {
  const start = 54 + palette.length;
  const bytes = Buffer.alloc(start + rows.flat().length);
  bytes.write('BM');
  bytes.writeUInt32LE(start, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(3, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(bits, 28);
  bytes.set(palette, 54);
  bytes.set(rows.flat(), start);
  return bytes;
}

const bottom = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0];
const top = [11, 12, 13, 14, 15, 16, 17, 18, 19, 0, 0, 0];

test('24-bit rows come from the bottom up, blue first, padded to four bytes', () => {
  const file = bmp(24, [], [bottom, top]);
  assert.ok(isBmp(file));
  const { data, channels, width, height } = decodeBmp(file, 'a.bmp');
  assert.deepEqual([width, height, channels], [3, 2, 3]);
  assert.deepEqual([...data.slice(0, 6)], [13, 12, 11, 16, 15, 14]);
  assert.deepEqual([...data.slice(9, 12)], [3, 2, 1]);
});

test('a negative height means rows from the top down', () => {
  const { data } = decodeBmp(bmp(24, [], [bottom, top], -2), 'a.bmp');
  assert.deepEqual([...data.slice(0, 3)], [3, 2, 1]);
});

test('a palette of greys gives one channel, another palette three', () => {
  const rows = [
    [0, 1, 0, 0],
    [1, 1, 0, 0],
  ];
  const grey = decodeBmp(bmp(8, [9, 9, 9, 0, 200, 200, 200, 0], rows), 'g.bmp');
  assert.equal(grey.channels, 1);
  assert.deepEqual([...grey.data], [200, 200, 9, 9, 200, 9]);
  const colour = decodeBmp(bmp(8, [9, 8, 7, 0, 200, 100, 50, 0], rows), 'c.bmp');
  assert.equal(colour.channels, 3);
  assert.deepEqual([...colour.data.slice(0, 3)], [50, 100, 200]);
});

test('what is cut off or of another kind is one sentence', () => {
  const whole = bmp(24, [], [bottom, top]);
  assert.throws(() => decodeBmp(whole.subarray(0, 60), 'cut.bmp'), /cut\.bmp is cut off/);
  assert.throws(() => decodeBmp(whole.subarray(0, 20), 'cut.bmp'), VsrError);
  assert.throws(() => decodeBmp(bmp(4, [], [bottom, top]), 'four.bmp'), /four\.bmp has 4 bits/);
});

test('luma is studio-range BT.601: black 16, white 235', () => {
  const data = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0);
  const plane = lumaOfRgb({ data, width: 4, height: 1, channels: 3 });
  assert.deepEqual([...plane.data], [16, 235, 81, 145]);
});
