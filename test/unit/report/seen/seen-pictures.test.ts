import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { picturesOf, placesAmong } from '../../../../src/report/seen/seen-pictures.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();

test('a sequence is found by its pattern, its glob and its folder, in the order of its numbers', async () => {
  const into = path.join(folder, 'frames');
  await mkdir(into);
  const files = [9, 10, 11].map((n) => path.join(into, `f_${n}.png`));
  for (const file of files) await writeFile(file, '');
  for (const name of [path.join(into, 'f_%d.png'), path.join(into, 'f_*.png'), into]) {
    assert.deepEqual(await picturesOf(name), files, name);
  }
  assert.equal(await picturesOf(files[0]!), null, 'one picture is no sequence');
  assert.equal(await picturesOf(path.join(folder, 'g_%d.png')), null);
});

test('frames are found among pictures by their numbers, after the first that counted', () => {
  const wanted = [0, 5, 20].map((frame) => ({ frame, time: frame / 25 }));
  assert.deepEqual(placesAmong(wanted, 0), [0, 5, 20]);
  assert.deepEqual(placesAmong(wanted, 2), [50, 55, 70]);
  const first = [{ frame: 0, time: 0 }];
  assert.deepEqual(placesAmong(first, 0), [0]);
  const message = /do not show which pictures they were/;
  assert.throws(() => placesAmong(first, 2), message);
  const uneven = [...wanted, { frame: 6, time: 0.4 }];
  assert.throws(() => placesAmong(uneven, 0), { code: 'media', message });
});
