import assert from 'node:assert/strict';
import test from 'node:test';
import { busiestPart, fieldsOf, upright } from '../../../../src/report/blind/parts.js';

test('a picture is looked over in as many fields as have room for a part', () => {
  assert.deepEqual(fieldsOf(399, 299), [{ left: 0, top: 0, width: 399, height: 299 }]);
  const fields = fieldsOf(805, 600);
  assert.deepEqual(fields, [
    { left: 0, top: 0, width: 402, height: 300 },
    { left: 402, top: 0, width: 403, height: 300 },
    { left: 0, top: 300, width: 402, height: 300 },
    { left: 402, top: 300, width: 403, height: 300 },
  ]);
  assert.equal(fieldsOf(8000, 6000).length, 9);
});

test('the part shown is the one with detail, in its field', async () => {
  const [width, height] = [900, 320];
  const data = new Uint8Array(3 * width * height).fill(90);
  for (let y = 100; y < 140; y++) {
    for (let x = 800; x < 860; x++)
      data.fill((x ^ y) & 1 ? 255 : 0, 3 * (y * width + x)).fill(90, 3 * (y * width + x) + 3);
  }
  const picture = { data, width, height };
  const field = { left: 450, top: 0, width: 450, height: 320 };
  const part = await busiestPart(picture, field);
  assert.deepEqual([part.width, part.height], [400, 300]);
  assert.ok(part.left >= 460 && part.left + 400 <= 900, JSON.stringify(part));
  const small = { left: 0, top: 0, width: 30, height: 20 };
  assert.deepEqual(await busiestPart(picture, small), small);
});

test('a picture is turned as a player turns it', async () => {
  const picture = { data: Uint8Array.of(1, 1, 1, 2, 2, 2), width: 2, height: 1 };
  const turned = await upright(picture, 90);
  assert.deepEqual(
    { ...turned, data: [...turned.data] },
    {
      ...{ width: 1, height: 2 },
      data: [1, 1, 1, 2, 2, 2],
    },
  );
  assert.deepEqual([...(await upright(picture, 180)).data], [2, 2, 2, 1, 1, 1]);
});
