import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import type { JobEstimate } from '../../../../src/upscale/estimate/estimate.js';
import { knownSpeed, rememberSpeed } from '../../../../src/upscale/estimate/known-speeds.js';
import { totalEstimate } from '../../../../src/upscale/estimate/total-estimate.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const job: JobEstimate = {
  ...{ frames: 100, seconds: 10, outputBytes: 1000, neededBytes: 1900, freeBytes: 5000 },
};

test('a total counts what is known, and room for the largest job once more', () => {
  const unknown = { ...job, frames: null, seconds: null, outputBytes: null, freeBytes: 4000 };
  assert.deepEqual(
    totalEstimate([job, { ...job, outputBytes: 3000, neededBytes: 5900 }, unknown]),
    {
      ...{ jobs: 3, unknown: 1, frames: 200, seconds: 20, outputBytes: 4000 },
      ...{ neededBytes: 1000 + 3000 + 1900 + 2900, freeBytes: 4000 },
    },
  );
  assert.equal(totalEstimate([unknown]).seconds, null);
});

test('speeds are kept, mixed with what comes later, and never believed as they stand', async () => {
  const folder = temporaryFolder();
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = folder;
  try {
    assert.equal(await knownSpeed('a'), null);
    await rememberSpeed('a', { secondsPerFrame: 1, bitsPerSample: null });
    await rememberSpeed('a', { secondsPerFrame: 2, bitsPerSample: 0.5 });
    assert.deepEqual(await knownSpeed('a'), { secondsPerFrame: 1.5, bitsPerSample: 0.5 });
    const file = path.join(folder, 'vsr', 'speeds.json');
    await writeFile(file, '{"a":{"secondsPerFrame":-1},"b":null,"c":{"secondsPerFrame":3}}');
    assert.equal(await knownSpeed('a'), null);
    assert.deepEqual(await knownSpeed('c'), { secondsPerFrame: 3, bitsPerSample: null });
    await writeFile(file, 'not JSON');
    assert.equal(await knownSpeed('c'), null);
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
});
