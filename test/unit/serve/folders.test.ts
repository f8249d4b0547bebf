import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Folders } from '../../../src/serve/folders.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = realpathSync(temporaryFolder());
const at = (...names: string[]): string => path.join(folder, ...names);
for (const each of ['tapes/inner', 'tapes2', 'tapes/x.vsr-work']) {
  mkdirSync(at(each), { recursive: true });
}
for (const each of [
  'tapes/b10.mkv',
  'tapes/b9.mkv',
  'tapes/a.txt',
  'tapes2/c.mkv',
  'tapes/.d.mkv',
]) {
  writeFileSync(at(each), 'x');
}
symlinkSync(at('tapes2'), at('tapes/out'));
symlinkSync(at('tapes2/c.mkv'), at('tapes/c.mkv'));
symlinkSync(at('tapes/b9.mkv'), at('tapes/within.mkv'));

test('a folder lists its clips as people count, its folders, and what links to something within', async () => {
  const folders = await Folders.open([at('tapes')]);
  const { files, folders: inner, above } = await folders.list(at('tapes'));
  assert.deepEqual(
    files.map(({ name }) => name),
    ['b9.mkv', 'b10.mkv', 'within.mkv'],
  );
  assert.deepEqual(
    inner.map(({ name }) => name),
    ['inner'],
  );
  assert.equal(above, null);
  assert.equal((await folders.list(at('tapes/inner'))).above, at('tapes'));
});

test('nothing else is reached, whether it exists or not: not by .., links, or a name that begins alike', async () => {
  const folders = await Folders.open([at('tapes')]);
  const outside = [
    ...[
      at('tapes', '..'),
      at('tapes2'),
      at('tapes2/c.mkv'),
      at('tapes/out'),
      at('tapes/out/c.mkv'),
    ],
    ...[
      at('tapes/c.mkv'),
      '/etc/passwd',
      '/',
      'tapes',
      '',
      at('none'),
      `${at('tapes')}/../tapes2/c.mkv`,
    ],
  ];
  for (const each of outside) {
    await assert.rejects(
      folders.inside(each),
      { code: 'option', message: /^Expected something in the folders/ },
      each,
    );
  }
  assert.equal(await folders.inside(at('tapes/within.mkv')), at('tapes/b9.mkv'));
});

test('a root has to be a folder', async () => {
  await assert.rejects(Folders.open([at('tapes/a.txt')]), { code: 'option' });
  await assert.rejects(Folders.open([at('nowhere')]), { code: 'disk' });
});
