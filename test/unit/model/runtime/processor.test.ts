import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import {
  featuresIn,
  isFastInEightBits,
  processorFeatures,
} from '../../../../src/model/runtime/processor.js';

const features = (list: string) =>
  featuresIn(`processor\t: 0\nflags\t\t: fpu ${list} lm\nbugs\t\t: none\n`);

test('8 bits are fast with VNNI, of either kind and by its whole name, and with AVX2 alone', () => {
  assert.equal(isFastInEightBits(features('avx512f avx512_vnni')), true);
  assert.equal(isFastInEightBits(features('avx2 avx_vnni')), true);
  assert.equal(isFastInEightBits(features('avx avx2 fma')), true);
  assert.equal(isFastInEightBits(features('avx2 avx512f')), false);
  assert.equal(isFastInEightBits(features('sse4_2 avx')), false);
  assert.equal(isFastInEightBits(features('avx_vnni_int8')), false);
  assert.equal(featuresIn('model name : avx_vnni\n').size, 0);
});

test('this processor is asked in its own words', () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    assert.equal(processorFeatures().has('avx2'), false);
    return;
  }
  const words = new Set(execFileSync('cat', ['/proc/cpuinfo']).toString().split(/\s+/));
  assert.ok(processorFeatures().size > 10);
  for (const name of processorFeatures()) assert.ok(words.has(name), name);
  for (const name of ['avx2', 'avx512_vnni', 'avx_vnni']) {
    assert.equal(processorFeatures().has(name), words.has(name), name);
  }
});
