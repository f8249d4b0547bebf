import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseChain } from '../../../../src/model/catalogue/chain.js';
import { enlargedSize } from '../../../../src/planes/enlarged.js';
import type { Plane } from '../../../../src/planes/plane.js';
import { resizePlane } from '../../../../src/planes/resize.js';
import { enlargePicture } from '../../../../src/report/evaluate/picture-enlarger.js';
import { cropPlane } from '../../../../src/planes/crop-plane.js';
import { randomAt } from '../../../../src/training/base/random.js';

test('bicubic@n runs as a pass, and gives what the scaler gives but at the border', async () => {
  const [width, height] = [60, 48];
  const random = randomAt(3);
  const data = Uint8Array.from({ length: width * height }, () => 16 + 219 * random());
  const plane = { data, width, height };
  for (const scale of [1.5, 2, 3]) {
    const chain = await chooseChain(scale, `bicubic@${scale}`, { kind: 'clean' });
    const made = await enlargePicture(plane, chain, {
      provider: { name: 'cpu' },
      precision: 'auto',
    });
    const size = enlargedSize(plane, scale);
    const within = (picture: Plane) =>
      cropPlane(picture, 8, 8, size.width - 16, size.height - 16).data;
    assert.deepEqual(within(made), within(resizePlane(plane, size.width, size.height)));
  }
});

test('bicubic goes before a network that works on enlarged pictures; other scales are refused', async () => {
  const both = 'bicubic@1.5,research/patch-clean';
  const chain = await chooseChain(1.5, both, { kind: 'clean' });
  assert.deepEqual(chain.names, ['bicubic@1.5', 'research/patch-clean']);
  await assert.rejects(
    chooseChain(7, 'bicubic@7', { kind: 'clean' }),
    /Expected bicubic@ and one of .*1\.5.* for --model but received "bicubic@7"/,
  );
});
