import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { Roots } from '../../../src/queue/roots.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const place = temporaryFolder();
const media = path.join(place, 'media');
const other = path.join(place, 'media-of-others');

before(async () => {
  await mkdir(path.join(media, 'tapes'), { recursive: true });
  await mkdir(other);
  await writeFile(path.join(media, 'tapes', 'one.mp4'), 'one');
  await writeFile(path.join(other, 'secret.mp4'), 'secret');
  await symlink(other, path.join(media, 'out'));
  await symlink(path.join(other, 'secret.mp4'), path.join(media, 'secret.mp4'));
  await symlink(path.join(other, 'not-there.mp4'), path.join(media, 'dangling.mp4'));
  await symlink(path.join(media, 'tapes'), path.join(media, 'inside'));
});

test('a file is named by the root that reaches deepest to it, and found by that name', async () => {
  const roots = await Roots.of([`media=${media}`, `tapes=${media}/tapes`]);
  assert.deepEqual(roots.names, ['media', 'tapes']);
  const file = path.join(media, 'tapes', 'one.mp4');
  assert.deepEqual(await roots.toShared(file, 'input'), { root: 'tapes', path: 'one.mp4' });
  const planned = await roots.toShared(path.join(media, 'new', 'out.mp4'), 'output');
  assert.deepEqual(planned, { root: 'media', path: 'new/out.mp4' });
  assert.equal(await roots.fromShared({ root: 'tapes', path: 'one.mp4' }, 'input'), file);
});

test('what lies under no root is refused when it is submitted, also by way of a link', async () => {
  const roots = await Roots.of([`media=${media}`]);
  const wrong = /Expected the input .* to lie under a root .* only media=.* Name one with --root/;
  for (const file of [path.join(other, 'secret.mp4'), path.join(media, 'secret.mp4')]) {
    await assert.rejects(roots.toShared(file, 'input'), { code: 'option', message: wrong });
  }
});

test('a name of ours that only looks like a way out is taken', async () => {
  const roots = await Roots.of([`media=${media}`]);
  const shared = { root: 'media', path: '..tape/one...mp4' };
  assert.equal(await roots.fromShared(shared, 'input'), path.join(media, '..tape', 'one...mp4'));
  const inside = await roots.fromShared({ root: 'media', path: 'inside/one.mp4' }, 'input');
  assert.equal(inside, path.join(media, 'inside', 'one.mp4'));
});

const hostile: readonly (readonly [root: string, file: string, why: RegExp])[] = [
  ['media', '../media-of-others/secret.mp4', /without \. and \.\./],
  ['media', 'tapes/../../media-of-others/secret.mp4', /without \. and \.\./],
  ['media', '/etc/passwd', /without \. and \.\./],
  ['media', './tapes/one.mp4', /without \. and \.\./],
  ['media', 'tapes//one.mp4', /without \. and \.\./],
  ['media', '', /without \. and \.\./],
  ['media', 'tapes/', /without \. and \.\./],
  ['media', 'tapes/one.mp4\0.txt', /without \. and \.\./],
  ['media', 'out/secret.mp4', /no link leads out/],
  ['media', 'out/new.mp4', /no link leads out/],
  ['media', 'out', /no link leads out/],
  ['media', 'secret.mp4', /no link leads out/],
  ['media', 'dangling.mp4', /no link leads out/],
  ['archive', 'tapes/one.mp4', /one of the roots of this worker \(media\)/],
  ['constructor', 'name', /one of the roots of this worker/],
];
for (const [root, file, why] of hostile) {
  test(`a job that names ${JSON.stringify(`${root}:${file}`)} is refused`, async () => {
    const roots = await Roots.of([`media=${media}`]);
    const refusal = { code: 'queue', message: why };
    await assert.rejects(roots.fromShared({ root, path: file }, 'input'), refusal);
  });
}

test('a root that is none is refused by the command line', async () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['media'], /Expected a name and a folder, as media=\/mnt\/media, for --root/],
    [['../up=/tmp'], /Expected a name and a folder/],
    [[`media=${place}/nowhere`], /Expected a folder that is there .* Is it mounted\?/],
    [[`media=${media}/tapes/one.mp4`], /Expected a folder that is there/],
    [[`media=${media}`, `media=${other}`], /Expected each name once/],
  ];
  for (const [words, message] of wrong) {
    const code = /that is there/.test(message.source) ? 'media' : 'option';
    await assert.rejects(Roots.of(words), { code, message });
  }
});
