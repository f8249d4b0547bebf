import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { isFastInEightBits, listsVnni } from '../../../src/model/processor.js';

const flags = (list: string) => `processor\t: 0\nflags\t\t: fpu ${list} lm\nbugs\t\t: none\n`;

test('VNNI is read from the list of features, of either kind and by its whole name', () => {
  assert.equal(listsVnni(flags('avx512f avx512_vnni')), true);
  assert.equal(listsVnni(flags('avx2 avx_vnni')), true);
  assert.equal(listsVnni(flags('avx2 avx512f')), false);
  assert.equal(listsVnni(flags('avx_vnni_int8')), false);
  assert.equal(listsVnni('model name : avx_vnni\n'), false);
});

test('this processor is asked in its own words', () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    assert.equal(isFastInEightBits(), false);
    return;
  }
  const words = execFileSync('cat', ['/proc/cpuinfo']).toString().split(/\s+/);
  assert.equal(isFastInEightBits(), words.includes('avx512_vnni') || words.includes('avx_vnni'));
});
