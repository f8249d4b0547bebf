import assert from 'node:assert/strict';
import test from 'node:test';
import { onnxRuntime } from '../../src/model/runtime/onnx-runtime.js';
import { catalogue } from '../../src/model/catalogue/catalogue.js';

const ort = await onnxRuntime();

/**
 * Networks with a skip add to the picture, so they leave what is flat nearly alone, whites above
 * 235 too.
 */
for (const { name, arch, scale, file } of await catalogue()) {
  if (!arch.startsWith('espcn-16')) continue;
  test(`${name} leaves flat pictures as they are, from black to white`, async () => {
    const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
    for (const level of [0, 16, 128, 235, 245, 255]) {
      const flat = new Float32Array(32 * 32).fill(level / 255);
      const { y } = await session.run({ x: new ort.Tensor('float32', flat, [1, 1, 32, 32]) });
      const given = y!.data as Float32Array;
      assert.equal(given.length, (32 * scale) ** 2);
      const furthest = given.reduce((most, v) => Math.max(most, Math.abs(v * 255 - level)), 0);
      assert.ok(furthest < 2, `${level} becomes ${furthest.toFixed(1)} brighter or darker`);
    }
    await session.release();
  });
}
