import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { isCutOff } from '../../../../src/media/damage/cut-off.js';
import { rawSource } from '../../../../src/media/source/raw-input.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();
/** Whether `bytes`, as a file of `container` with 4x2 pictures of yuv420p, break off. */
async function cutOff(container: string, bytes: Uint8Array): Promise<boolean> {
  const file = path.join(folder, 'clip');
  await writeFile(file, bytes);
  const rate = { num: 25, den: 1 };
  const raw = { format: 'yuv420p', width: 4, height: 2, rate };
  const source = rawSource({ path: file, sizeBytes: 10_000 }, raw);
  return isCutOff({ ...source, container, sizeBytes: bytes.length });
}

const text = (words: string): Buffer => Buffer.from(words, 'latin1');
const joined = (...parts: Uint8Array[]): Buffer => Buffer.concat(parts);

test('a GIF is blocks up to its semicolon, whatever zeros come after', async () => {
  const head = joined(text('GIF89a'), Buffer.alloc(7), text('!\xfe\x02hi\0'));
  assert.equal(await cutOff('gif', joined(head, text(';'))), false);
  assert.equal(await cutOff('gif', joined(head, text(';\0\0'))), false);
  assert.equal(await cutOff('gif', head), true);
  assert.equal(await cutOff('gif', joined(head, text('x;'))), true);
});

test('an animated PNG is chunks up to IEND, with as many frames as it announces', async () => {
  const chunk = (kind: string, content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return joined(length, text(kind), content, Buffer.alloc(4));
  };
  const count = Buffer.alloc(8);
  count.writeUInt32BE(2);
  const start = joined(text('\x89PNG\r\n\x1a\n'), chunk('acTL', count));
  const frame = chunk('fcTL', Buffer.alloc(26));
  const end = chunk('IEND', Buffer.alloc(0));
  assert.equal(await cutOff('apng', joined(start, frame, frame, end)), false);
  assert.equal(await cutOff('apng', joined(start, frame, end)), true);
  assert.equal(await cutOff('apng', joined(start, frame, frame)), true);
  assert.equal(await cutOff('apng', joined(start, frame, text('\0\0\0\0\0\0\0\0'), end)), true);
});

test('Matroska, AVI, ASF and NUT say how long they are', async () => {
  const segment = Buffer.from('1a45dfa383aabbcc18538067010000000000000a', 'hex');
  assert.equal(await cutOff('matroska,webm', joined(segment, Buffer.alloc(10))), false);
  assert.equal(await cutOff('matroska,webm', joined(segment, Buffer.alloc(9))), true);
  const unknown = Buffer.from('1a45dfa383aabbcc1853806701ffffffffffffff', 'hex');
  assert.equal(await cutOff('matroska,webm', unknown), false);
  const nut = Buffer.from('4e58dd672f23e64e0000000000000014aabbccdd', 'hex');
  assert.equal(await cutOff('nut', nut), false);
  assert.equal(await cutOff('nut', nut.subarray(0, -2)), true);
  const asf = Buffer.alloc(200);
  Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex').copy(asf, 30);
  asf.writeBigUInt64LE(200n, 70);
  assert.equal(await cutOff('asf', asf), false);
  assert.equal(await cutOff('asf', asf.subarray(0, 190)), true);
  const ivf = Buffer.alloc(32 + 13);
  ivf.writeUInt16LE(32, 6);
  ivf.writeUInt32LE(1, 24);
  ivf.writeUInt32LE(1, 32);
  assert.equal(await cutOff('ivf', ivf), false);
  assert.equal(await cutOff('ivf', ivf.subarray(0, -1)), true);
  ivf.writeUInt32LE(2, 24);
  assert.equal(await cutOff('ivf', ivf), true);
});

test('a transport stream is whole packets', async () => {
  assert.equal(await cutOff('mpegts', Buffer.alloc(188 * 3)), false);
  assert.equal(await cutOff('mpegts', Buffer.alloc(192 * 3)), false);
  assert.equal(await cutOff('mpegts', Buffer.alloc(188 * 3 + 100)), true);
});

test('a y4m is whole frames; a stray byte is no frame', async () => {
  const frame = joined(text('FRAME\n'), Buffer.alloc(12));
  const whole = joined(text('YUV4MPEG2 W4 H2 F25:1\n'), frame, frame);
  assert.equal(await cutOff('yuv4mpegpipe', whole), false);
  assert.equal(await cutOff('yuv4mpegpipe', joined(whole, text('\n'))), false);
  assert.equal(await cutOff('yuv4mpegpipe', whole.subarray(0, -3)), true);
});

test("an FLV's last length leads to its last tag", async () => {
  const tag = (size: number): Buffer => {
    const head = Buffer.alloc(11 + size + 4);
    head.writeUIntBE(size, 1, 3);
    head.writeUInt32BE(11 + size, 11 + size);
    return head;
  };
  const whole = joined(text('FLV\x01\x05\0\0\0\x09\0\0\0\0'), tag(30), tag(20));
  assert.equal(await cutOff('flv', whole), false);
  assert.equal(await cutOff('flv', whole.subarray(0, -7)), true);
  assert.equal(await cutOff('flv', whole.subarray(0, 13)), true);
});

test('an Ogg ends where its last page says', async () => {
  const page = (data: Buffer, flags: number): Buffer =>
    joined(
      ...[text('OggS\0'), Buffer.from([flags]), Buffer.alloc(20)],
      ...[Buffer.from([1, data.length]), data],
    );
  const first = page(Buffer.alloc(50), 0);
  const whole = joined(first, page(text('by chance OggS within'), 4));
  assert.equal(await cutOff('ogg', whole), false);
  assert.equal(await cutOff('ogg', whole.subarray(0, -1)), true);
  assert.equal(await cutOff('ogg', first), true, 'its last page does not say that it is the last');
});

test('what cannot be told is not claimed', async () => {
  assert.equal(await cutOff('mov,mp4,m4a,3gp,3g2,mj2', text('x')), false);
  assert.equal(await cutOff('h264', text('x')), false);
});

test('a program stream ends with a packet that is whole', async () => {
  const pack = Buffer.from([0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8]);
  const packet = (kind: number, length: number): Buffer =>
    joined(Buffer.from([0, 0, 1, kind, length >> 8, length & 255]), Buffer.alloc(length, 0x55));
  const packs = joined(pack, packet(0xe0, 2000), pack, packet(0xc0, 700), packet(0xbe, 30));
  // In a packet's bytes a start code may stand by chance.
  const chance = joined(pack, Buffer.from([0x12]), packs);
  const endings = [Buffer.alloc(0), Buffer.from([0, 0, 1, 0xb9]), Buffer.alloc(100)];
  for (const whole of [packs, chance]) {
    for (const ending of endings) assert.equal(await cutOff('mpeg', joined(whole, ending)), false);
    for (const missing of [1, 20, 32]) {
      assert.equal(await cutOff('mpeg', whole.subarray(0, whole.length - missing)), true);
    }
  }
  const mpeg1 = Buffer.from([0, 0, 1, 0xba, 0x21, 0, 1, 0, 1, 0x80, 0, 1]);
  const old = joined(mpeg1, packet(0xe0, 90), mpeg1, packet(0xe0, 90));
  assert.equal(await cutOff('mpeg', old), false);
  assert.equal(await cutOff('mpeg', old.subarray(0, -5)), true);
  assert.equal(await cutOff('mpeg', Buffer.alloc(5000, 7)), false, 'no stream at all');
});
