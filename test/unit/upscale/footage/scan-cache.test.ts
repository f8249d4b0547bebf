import assert from 'node:assert/strict';
import test from 'node:test';
import { keptCompression } from '../../../../src/upscale/footage/scan-cache.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('how a clip is compressed is looked at once, until the file, its rate or ffmpeg is another', async () => {
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = temporaryFolder();
  let looks = 0;
  const seen = { strength: 0.4, isCompressed: true, by: 'quantiser step 11.3' };
  const ask = (build: string, modifiedMs: number, bits: number | null) =>
    keptCompression({ build }, { sha256: 'a', modifiedMs }, bits, () => {
      looks++;
      return Promise.resolve(seen);
    });
  try {
    for (let i = 0; i < 3; i++) assert.deepEqual(await ask('5.1', 1, 0.1), seen);
    assert.equal(looks, 1);
    await ask('5.1', 2, 0.1);
    await ask('5.1', 1, null);
    await ask('6.0', 1, 0.1);
    assert.equal(looks, 4);
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
});
