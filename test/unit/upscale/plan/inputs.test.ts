import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { VsrError } from '../../../../src/errors.js';
import { findInputs } from '../../../../src/upscale/plan/inputs.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const root = temporaryFolder();

/** Runs `work` with a new folder of its own. */
const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> =>
  work(temporaryFolder(root));

/** Makes empty files below `folder`; folders as they are needed. */
async function make(folder: string, ...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), '');
  }
}

test('a folder gives its clips and pictures, in order, without outputs and AppleDouble files', () =>
  withFolder(async (folder) => {
    await make(folder, 'b.mp4', 'a.png', '._b.mp4', 'notes.txt', 'sub/c.mkv');
    await make(folder, 'b.x2.mp4', 'b.x2.mp4.vsr.json');
    const { inputs: found, leftOut } = await findInputs([folder], false, false);
    assert.deepEqual(
      found.map((input) => [path.relative(folder, input.path), input.below, input.name]),
      [
        ['a.png', '', 'a'],
        ['b.mp4', '', 'b'],
      ],
    );
    assert.deepEqual([...leftOut], [[folder, ['notes.txt', `sub${path.sep}`]]]);
    const { inputs: all } = await findInputs([folder], true, true);
    assert.deepEqual(all.map(({ below }) => below).toSorted(), ['', '', 'sub']);
  }));

test('a list names inputs, one a line; a file whose name begins so is itself', () =>
  withFolder(async (folder) => {
    await make(folder, 'a.mp4', 'b c.mp4', 'sub/d.mkv', '@mine.mp4');
    const list = path.join(folder, 'list.txt');
    const lines = [path.join(folder, 'b c.mp4'), '', path.join(folder, 'sub'), ''];
    await writeFile(list, lines.join('\r\n'));
    const mine = path.join(folder, '@mine.mp4');
    const { inputs: found } = await findInputs(
      [`@${list}`, mine, path.join(folder, 'a.mp4')],
      false,
      true,
    );
    assert.deepEqual(
      found.map((input) => path.relative(folder, input.path)),
      ['b c.mp4', path.join('sub', 'd.mkv'), '@mine.mp4', 'a.mp4'],
    );
    await writeFile(list, '\n \n');
    await assert.rejects(findInputs([`@${list}`], false, true), /one a line, but it is empty/);
    const gone = findInputs([`@${list}.gone`], false, true);
    await assert.rejects(
      gone,
      /list of inputs in .*gone, but it cannot be read\. Does it exist\?$/,
    );
  }));

test('clips of one stem, and of one name from two folders, get names that differ', () =>
  withFolder(async (folder) => {
    const names = async (words: string[], together: boolean) =>
      (await findInputs(words, false, together)).inputs.map(({ name }) => name);
    await make(folder, 'in/clip.mp4', 'in/clip.flv', 'in/other.mp4', 'a/clip.mp4', 'b/clip.mp4');
    const at = (name: string) => path.join(folder, name);
    assert.deepEqual(await names([at('in')], false), ['clip.flv', 'clip.mp4', 'other']);
    const two = [at('a/clip.mp4'), at('b/clip.mp4')];
    assert.deepEqual(await names(two, true), ['a-clip', 'b-clip']);
    // Beside their inputs they are apart already.
    assert.deepEqual(await names(two, false), ['clip', 'clip']);
  }));

test(
  'a folder under two names gives each file once',
  { skip: process.platform === 'win32' ? 'links need rights there' : false },
  () =>
    withFolder(async (folder) => {
      await make(folder, 'in/clip.mp4');
      await symlink(path.join(folder, 'in'), path.join(folder, 'alias'));
      const words = [path.join(folder, 'in'), path.join(folder, 'alias')];
      const { inputs: found } = await findInputs(words, false, false);
      assert.deepEqual(
        found.map((input) => input.path),
        [path.join(folder, 'in', 'clip.mp4')],
      );
    }),
);

test('a folder without clips and a pattern without matches are refused; a missing file is not', () =>
  withFolder(async (folder) => {
    await make(folder, 'notes.txt');
    const isMedia = (error: unknown) => error instanceof VsrError && error.code === 'media';
    await assert.rejects(findInputs([folder], false, false), isMedia);
    await assert.rejects(findInputs([path.join(folder, '*.mp4')], false, false), isMedia);
    const missing = path.join(folder, 'none.mp4');
    const { inputs } = await findInputs([missing], false, false);
    assert.deepEqual(inputs, [{ path: missing, below: '', foundBy: null, name: 'none' }]);
  }));
