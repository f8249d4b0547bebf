import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { transportDamage } from '../../../../src/media/damage/transport-stream.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { sampleSource, sampleStream, sampleVideo } from '../sample-source.js';

const folder = temporaryFolder();

type Packet = {
  readonly pid: number;
  readonly counter: number;
  /** Time of the PES packet that begins here, in frames; by default none begins. */
  readonly frame?: number;
  readonly discontinuity?: boolean;
};

/** The PES time `90000 + 3600 * frame`. */
function pesHead(frame: number): Buffer {
  const time = 90_000 + 3600 * frame;
  const head = Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 1, 0, 1]);
  head.writeUInt16BE(((time >> 15) << 1) | 1, 10);
  head.writeUInt16BE(((time & 0x7fff) << 1) | 1, 12);
  return head;
}

function packet({ pid, counter, frame, discontinuity = false }: Packet): Buffer {
  const bytes = Buffer.alloc(188, 0xff);
  const start = frame === undefined ? 0 : 0x40;
  bytes.set([0x47, start | (pid >> 8), pid & 0xff, 0x10 | (counter & 15)]);
  if (discontinuity) bytes.set([0x30 | (counter & 15), 1, 0x80], 3);
  if (frame !== undefined) bytes.set(pesHead(frame), discontinuity ? 6 : 4);
  return bytes;
}

const [table, video, sound] = [0, 0x100, 0x101];

/**
 * Pictures from `first` on, of three packets each, with a table before and a packet of sound after.
 */
function recording(first: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => [
    packet({ pid: table, counter: i }),
    packet({ pid: video, counter: 3 * i, frame: first + i }),
    packet({ pid: video, counter: 3 * i + 1 }),
    packet({ pid: video, counter: 3 * i + 2 }),
    packet({ pid: sound, counter: i, frame: first + i }),
  ]).flat();
}

/** What is said of `packets`, of whose streams `kept` are kept. */
async function told(packets: readonly Uint8Array[], kept = [0, 1]): Promise<string[]> {
  const file = path.join(folder, 'clip.ts');
  await writeFile(file, Buffer.concat(packets));
  const source = sampleSource(
    [sampleStream({ index: 1, id: sound })],
    { path: file, container: 'mpegts', startTime: 1 },
    sampleVideo({ id: video }),
  );
  const damages = await transportDamage(source, new Set(kept));
  return damages.map(({ stream, what, from, to }) =>
    [stream ?? 'file', what, from?.toFixed(2), to?.toFixed(2)].join(' | '),
  );
}

const whole = recording(0, 30);
const place = (pid: number, picture: number): number =>
  5 * picture + (pid === table ? 0 : pid === video ? 1 : 4);
const without = (from: number, count = 1): Buffer[] => whole.toSpliced(from, count);

test('whole streams of every kind of packet show nothing', async () => {
  assert.deepEqual(await told(whole), []);
  assert.deepEqual(await told(whole.map((each) => Buffer.concat([Buffer.alloc(4), each]))), []);
  assert.deepEqual(await told(whole.map((each) => Buffer.concat([each, Buffer.alloc(16)]))), []);
  assert.deepEqual(await told([Buffer.alloc(50, 1), ...whole.slice(2)]), [], 'begins anywhere');
  assert.deepEqual(await told([...whole, Buffer.alloc(188 * 9)]), [], 'zeros after the end');
  assert.deepEqual(await told([]), []);
});

test('what may stand between packets is no loss', async () => {
  const twice = whole.flatMap((each, i) => (i % 5 === 2 ? [each, each] : [each]));
  assert.deepEqual(await told(twice), [], 'packets sent twice');
  const filled = (packets: Buffer[]): Buffer[] =>
    packets.flatMap((each, i) => [each, packet({ pid: 0x1fff, counter: i * 7 })]);
  assert.deepEqual(await told(filled(whole)), [], 'null packets');
  assert.equal((await told(filled(without(place(sound, 10))))).length, 1, 'and they hide no loss');
  const bare = packet({ pid: video, counter: 5 });
  bare.set([0x20 | 5, 183, 0], 3);
  assert.deepEqual(
    await told(whole.toSpliced(place(table, 4), 0, bare)),
    [],
    'a packet without content',
  );
  const at = place(video, 9);
  const announced = packet({ pid: video, counter: 2, frame: 12, discontinuity: true });
  assert.deepEqual(await told(whole.toSpliced(at, 3, announced)), [], 'an announced jump');
});

test('joined recordings are no loss', async () => {
  assert.deepEqual(await told([...whole, ...recording(500, 20)]), []);
  assert.deepEqual(await told([...whole.slice(0, 50), ...recording(14, 20).slice(6)]), []);
  const padded = [...whole, Buffer.alloc(16, 16), ...recording(30, 20)];
  assert.deepEqual(await told(padded), [], 'with padding between them');
  // A muxer that begins to count anew, without tables, loses no time.
  const anew = recording(29, 5).filter((each) => each[2] !== table);
  assert.deepEqual(await told([...whole.slice(0, place(table, 29)), ...anew.slice(0, 4)]), []);
});

test('packets that are missing are told of their stream, with times', async () => {
  const lost = '0 | at least 1 of its transport packets are missing | 1.40 | 1.40';
  assert.deepEqual(await told(without(place(video, 10) + 1)), [lost], 'a part of a picture');
  const picture = '0 | at least 3 of its transport packets are missing | 1.36 | 1.44';
  assert.deepEqual(await told(without(place(video, 10), 3)), [picture]);
  const heard = '1 | at least 1 of its transport packets are missing | 1.36 | 1.44';
  assert.deepEqual(await told(without(place(sound, 10))), [heard]);
  assert.deepEqual(await told(without(place(sound, 10)), [0]), [], 'of a stream that is left out');
});

test('packets that were written over are told', async () => {
  const zeros = whole.with(place(sound, 10), Buffer.alloc(188));
  assert.deepEqual(await told(zeros), [
    '1 | at least 1 of its transport packets are missing | 1.36 | 1.44',
    'file | 188 bytes in its middle are no transport packets | 1.40 | 1.40',
  ]);
  const headless = Buffer.from(whole[place(video, 10)]!).fill(0, 4);
  assert.deepEqual(await told(whole.with(place(video, 10), headless)), [
    '0 | the head of 1 of its packets is broken | 1.36 | 1.36',
  ]);
});

test('a long stream is read piece by piece', async () => {
  const long = recording(0, 3000);
  const spoiled = long.with(place(video, 2000), Buffer.alloc(188, 1));
  assert.deepEqual(await told(long), []);
  assert.match((await told(spoiled)).join('; '), /^0 \| at least 1 .*; file \| 188 bytes/);
  const void_ = Buffer.alloc(188 * 12_000);
  assert.match((await told(long.toSpliced(8000, 0, void_))).join('; '), /^file \| 2256000 bytes/);
});
