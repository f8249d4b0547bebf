import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import test from 'node:test';
import {
  looksLikeText,
  openPlainFile,
  whyUnreadable,
} from '../../../../src/media/source/input-file.js';
import { rawInputOptions, rawSource } from '../../../../src/media/source/raw-input.js';
import { spoolStdin } from '../../../../src/media/source/spool.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();

async function written(name: string, text: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

test('what is no plain file with something in it is refused', async () => {
  await assert.rejects(openPlainFile(path.join(folder, 'none.mp4')), /There is no file/);
  await assert.rejects(openPlainFile(folder), /is a folder/);
  await assert.rejects(openPlainFile(await written('empty.mp4', '')), /is empty/);
  const file = await written('one.mp4', 'x');
  assert.deepEqual(await openPlainFile(file), { path: file, sizeBytes: 1 });
});

test('text is told from data, also where a character is cut in two', () => {
  assert.ok(looksLikeText(Buffer.from('Grüße\r\n\tja')));
  assert.ok(looksLikeText(Buffer.from('Grüße').subarray(0, 3)));
  assert.ok(!looksLikeText(Uint8Array.of(0, 0, 0, 24)));
  assert.ok(!looksLikeText(Uint8Array.of(0xff, 0xfb, 0x90, 0x64)));
});

test('an unreadable file says what it is', async () => {
  const why = async (name: string, content: string | Uint8Array, errors: string[]) =>
    (await whyUnreadable(await openPlainFile(await written(name, content)), errors)).message;
  assert.match(await why('a.mp4', 'hello', []), /holds plain text/);
  assert.match(await why('a.yuv', Uint8Array.of(0), []), /--input-format yuv420p --input-size/);
  const refused = (format: string) => [`[${format} @ 0x1] Format not on whitelist 'mov,mp4'`, 'x'];
  assert.match(
    await why('b.mp4', 'x', refused('concat')),
    /b\.mp4 is no clip but a list \(concat\) that would open other files/,
  );
  assert.match(
    await why('b.bmp', 'x', refused('bmp_pipe')),
    /b\.bmp is a picture of a format \(bmp\) that is not enlarged\. Save it as PNG/,
  );
  const unfinished = ['[mov @ 0x1] moov atom not found', 'b: Invalid data'];
  assert.match(await why('c.mp4', Uint8Array.of(0), unfinished), /no index \(moov\)/);
});

test('headerless video is what the caller says, in whole frames', () => {
  const raw = { format: 'yuv420p', width: 4, height: 4, rate: { num: 30000, den: 1001 } };
  const source = rawSource({ path: '/a.yuv', sizeBytes: 24 * 3 + 5 }, raw);
  assert.equal(source.video.frameCount, 3);
  assert.deepEqual(source.video.timeBase, { num: 1001, den: 30000 });
  assert.match(source.remarks[0]!, /5 bytes that are no whole frame/);
  assert.throws(() => rawSource({ path: '/a.yuv', sizeBytes: 23 }, raw), /less than one frame/);
  const wrong = { ...raw, format: 'h264' };
  assert.throws(() => rawSource({ path: '/a.yuv', sizeBytes: 24 }, wrong), /--input-format/);
  assert.deepEqual(rawInputOptions(raw).slice(-2), ['-framerate', '30000/1001']);
});

test('standard input is kept in a file, and nothing is an error', async () => {
  const file = await spoolStdin(folder, undefined, Readable.from([Buffer.from('abc')]));
  assert.equal(await readFile(file, 'utf8'), 'abc');
  await assert.rejects(spoolStdin(folder, undefined, Readable.from([])), /is empty/);
});
