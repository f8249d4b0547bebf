import assert from 'node:assert/strict';
import { appendFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  checkUnchanged,
  factsOfLog,
  hashOf,
  identifySource,
  samplesOf,
  sha256Of,
  stampOf,
} from '../../../../src/upscale/plan/identity.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const MiB = 1024 * 1024;

/** A file of `size` bytes, 0 but for a 1 at each of `places`. */
function fileWith(folder: string, name: string, size: number, ...places: number[]): string {
  const bytes = Buffer.alloc(size);
  for (const place of places) bytes[place] = 1;
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

test('a source is known by its size and its ends, and by samples where its middle counts too', async () => {
  const folder = temporaryFolder();
  const size = 8 * MiB;
  const plain = await identifySource(fileWith(folder, 'plain', size));
  assert.deepEqual(await identifySource(fileWith(folder, 'again', size)), plain);
  for (const place of [0, MiB - 1, size - MiB, size - 1]) {
    const other = await identifySource(fileWith(folder, 'other', size, place));
    assert.notEqual(other.endsSha256, plain.endsSha256, `byte ${place}`);
  }
  const inside = fileWith(folder, 'inside', size, MiB, 3 * MiB);
  assert.deepEqual(await identifySource(inside), plain, 'no more than its ends is read');
  assert.notEqual(await samplesOf(inside), await samplesOf(path.join(folder, 'plain')));
});

test('a short file is read whole, an empty one has an identity too', async () => {
  const folder = temporaryFolder();
  const two = MiB + 17;
  const plain = await identifySource(fileWith(folder, 'plain', two));
  for (const place of [0, MiB, two - 1]) {
    const other = await identifySource(fileWith(folder, 'other', two, place));
    assert.notEqual(other.endsSha256, plain.endsSha256, `byte ${place}`);
  }
  const empty = fileWith(folder, 'empty', 0);
  assert.equal((await identifySource(empty)).endsSha256, await sha256Of(empty));
  assert.equal(await sha256Of(path.join(folder, 'none')), '');
});

test('a source that grows, shrinks, is written to or vanishes is told of, with what to do', async () => {
  const file = fileWith(temporaryFolder(), 'clip.mp4', 100);
  const before = await stampOf(file);
  await checkUnchanged(file, before);
  utimesSync(file, new Date(), new Date(before.modifiedMs + 5000));
  await assert.rejects(checkUnchanged(file, before), { message: /was written to while/ });
  appendFileSync(file, 'more');
  await assert.rejects(checkUnchanged(file, before), {
    code: 'media',
    message: /clip\.mp4 grew from 100 to 104 bytes while .*Wait until it is complete/,
  });
  writeFileSync(file, 'less');
  await assert.rejects(checkUnchanged(file, before), { message: /shrank from 100 to 4 bytes/ });
  await assert.rejects(stampOf(`${file}.gone`), { code: 'media', message: /vanished while/ });
});

test('the hash of a value does not depend on the order of keys, and on nothing else', async () => {
  assert.equal(
    hashOf({ a: 1, b: { c: [1, 2], d: null } }),
    hashOf({ b: { d: null, c: [1, 2] }, a: 1 }),
  );
  assert.notEqual(hashOf({ a: [1, 2] }), hashOf({ a: [2, 1] }));
  assert.notEqual(hashOf({ a: 1 }), hashOf({ a: '1' }));
  const log = fileWith(temporaryFolder(), 'log.csv', 3);
  assert.deepEqual(await factsOfLog(log), { sizeBytes: 3, sha256: await sha256Of(log) });
});
