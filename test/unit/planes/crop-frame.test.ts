import assert from 'node:assert/strict';
import test from 'node:test';
import { cropFrame } from '../../../src/planes/crop-frame.js';
import { planeOf } from '../../../src/planes/frame.js';
import { frameLayout, pixelFormats } from '../../../src/planes/pixel-format.js';

test('a part of a frame has luma, chroma and alpha of its place', () => {
  const layout = frameLayout(pixelFormats.get('yuva420p')!, 8, 6);
  const data = Uint8Array.from({ length: layout.byteLength }, (_, i) => i);
  const part = cropFrame(data, layout, 4, 2, { left: 2, top: 4 });
  const rows = (number: number) => [...planeOf(part.data, part.layout, number).data];
  assert.deepEqual(rows(0), [34, 35, 36, 37, 42, 43, 44, 45]);
  // Chroma is 4 samples wide, from byte 48 and 60 on; its part begins at (1, 2).
  assert.deepEqual(rows(1), [57, 58]);
  assert.deepEqual(rows(2), [69, 70]);
  assert.deepEqual(rows(3), [
    72 + 34,
    72 + 35,
    72 + 36,
    72 + 37,
    72 + 42,
    72 + 43,
    72 + 44,
    72 + 45,
  ]);
});
