import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { providerFolder } from '../../../../src/model/runtime/provider-files.js';
import { missingLibraries, neededLibraries } from '../../../../src/model/runtime/shared-library.js';
import { elfOf } from '../../../support/elf.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const linux = process.platform === 'linux' ? false : 'ELF files are of Linux';

test('the libraries that a file needs are those that readelf names', { skip: linux }, (t) => {
  const file = path.join(providerFolder(), 'libonnxruntime.so.1');
  let text: string;
  try {
    text = execFileSync('readelf', ['-d', file], { encoding: 'utf8' });
  } catch {
    t.skip('binutils are not installed');
    return;
  }
  const expected = [...text.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name);
  assert.ok(expected.length > 3);
  assert.deepEqual(neededLibraries(file), expected);
});

test('a file that is no library, or a part of one, is none', async () => {
  const folder = temporaryFolder();
  const at = (name: string): string => path.join(folder, name);
  const whole = elfOf({ needs: ['liba.so.1', 'libb.so'] });
  await writeFile(at('whole.so'), whole);
  await writeFile(
    at('text.so'),
    'Once upon a time there was no library, and this is its story, long.',
  );
  await writeFile(at('cut.so'), whole.subarray(0, 100));
  assert.deepEqual(neededLibraries(at('whole.so')), ['liba.so.1', 'libb.so']);
  assert.equal(neededLibraries(at('text.so')), null);
  assert.deepEqual(neededLibraries(at('cut.so')), []);
});

test(
  'what the loader would not find is named, of the libraries found as well',
  { skip: linux },
  async () => {
    const folder = temporaryFolder();
    await writeFile(
      path.join(folder, 'libvsrtest.so.1'),
      elfOf({ needs: ['libvsrdeep.so.2', 'libc.so.6'] }),
    );
    const found = missingLibraries(
      ['libvsrtest.so.1', 'libvsrnone.so.3', 'libm.so.6'],
      '/',
      folder,
    );
    assert.deepEqual(found.names, ['libvsrdeep.so.2', 'libvsrnone.so.3']);
    assert.ok(found.looked.includes(`${folder} (LD_LIBRARY_PATH)`), found.looked.join());
    const without = missingLibraries(['libvsrtest.so.1'], '/', '');
    assert.deepEqual(without.names, ['libvsrtest.so.1']);
  },
);
