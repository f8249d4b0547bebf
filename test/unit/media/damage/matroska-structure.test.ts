import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { matroskaDamage } from '../../../../src/media/damage/matroska-structure.js';
import { element, unsigned } from '../../../../src/media/marks/ebml.js';
import { crc32Of } from '../../../../src/media/damage/crc32.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { sampleSource } from '../sample-source.js';

const folder = temporaryFolder();

const header = element(0x1a45dfa3, Buffer.from('matroska'));
const info = element(0x1549a966, element(0x2ad7b1, unsigned(1_000_000)));
const tracks = element(0x1654ae6b, element(0xae, element(0xd7, unsigned(1))));
const cues = element(0x1c53bb6b, Buffer.alloc(30));
const filled = (bytes: number): Buffer => Buffer.alloc(bytes, 0x55);

/** A SimpleBlock, or a BlockGroup with a block and its duration. */
const block = (track = 1): Buffer =>
  element(0xa3, Buffer.from([0x80 | track, 0, 0, 0]), filled(40));
const group = (): Buffer =>
  element(
    0xa0,
    element(0xa1, Buffer.from([0x81, 0, 0, 0]), filled(40)),
    element(0x9b, unsigned(40)),
  );

/** The content of a cluster that begins at `time`, in milliseconds. */
const content = (time: number, ...blocks: Buffer[]): Buffer =>
  Buffer.concat([element(0xe7, unsigned(time)), ...blocks]);
const cluster = (time: number, ...blocks: Buffer[]): Buffer =>
  element(0x1f43b675, content(time, ...blocks));

/** A cluster that begins with its checksum. */
function summed(time: number, ...blocks: Buffer[]): Buffer {
  const bytes = content(time, ...blocks);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32Of(bytes));
  return element(0x1f43b675, Buffer.concat([Buffer.from([0xbf, 0x84]), sum]), bytes);
}

/** The element with its size made unknown. */
function unbounded(bytes: Buffer): Buffer {
  return Buffer.from(bytes).fill(0xff, 5, 12);
}

const segment = (...parts: Buffer[]): Buffer => element(0x18538067, info, tracks, ...parts);

/** What is said of a file that holds `bytes`. */
async function told(...bytes: Buffer[]): Promise<string> {
  const file = path.join(folder, 'clip.mkv');
  await writeFile(file, Buffer.concat(bytes));
  const sizeBytes = Buffer.concat(bytes).length;
  const damages = await matroskaDamage(sampleSource([], { path: file, sizeBytes }));
  return damages.map(({ what, from, to }) => `${what}: ${from} to ${to}`).join('; ');
}

test('whole files of every form show nothing', async () => {
  const clusters = [cluster(0, block(), group()), cluster(400, block(), block())];
  const whole = segment(...clusters, cues);
  assert.equal(await told(header, whole), '');
  assert.equal(await told(header, segment(cues, ...clusters)), '', 'the index in front');
  assert.equal(await told(header, unbounded(whole)), '', 'written to a pipe');
  const live = unbounded(segment(...clusters.map(unbounded), cues));
  assert.equal(await told(header, live), '', 'written live');
  assert.equal(await told(header, live, header, live), '', 'joined');
  assert.equal(await told(header, whole, filled(99)), '', 'with more behind it');
  const odd = segment(element(0x4f4f, filled(9)), cluster(0, element(0x4e4e, filled(9)), block()));
  assert.equal(await told(header, odd), '', 'unknown elements');
  assert.equal(await told(header, segment(summed(0, block()), summed(400, group()))), '', 'summed');
  for (const cut of [1, 20, 100]) {
    assert.equal(await told(header, whole.subarray(0, -cut)), '', 'shorter than it says');
  }
  assert.equal(await told(filled(50)), '');
  assert.equal(await told(), '');
});

test('what does not fit is told with its times', async () => {
  const long = Buffer.from(block()).fill(7, 2, 9);
  const noElement = Buffer.alloc(50);
  for (const bad of [long, noElement]) {
    const parts = [cluster(0, block()), cluster(400, bad, block()), cluster(800, block())];
    const expected = 'its container is broken in one place: 0.4 to 0.8';
    assert.equal(await told(header, segment(...parts)), expected);
    assert.equal(await told(header, unbounded(segment(...parts))), expected);
    const live = unbounded(segment(...parts.map(unbounded)));
    assert.equal(await told(header, live), 'its container is broken in one place: 0.4 to null');
  }
  const cut = unbounded(segment(unbounded(cluster(400, block())))).subarray(0, -1);
  assert.match(await told(header, cut), /one place: 0\.4 to null$/);
  const spoiled = group().fill(0x7f, 10, 18);
  const inGroup = segment(cluster(0, block()), cluster(400, spoiled), cluster(800, block()));
  assert.match(await told(header, inGroup), /one place: 0\.4 to 0\.8$/);
  const between = segment(cluster(0, block()), noElement, cluster(400, block()));
  assert.match(await told(header, between), /one place: 0 to null$/);
});

test('blocks of no track and clusters with another checksum are told', async () => {
  const foreign = segment(cluster(0, block(), block(2)), cluster(400, block(3)));
  assert.match(await told(header, foreign), /in 2 places: 0 to null$/);
  const other = summed(400, block(), block());
  other[other.length - 1]! ^= 1;
  const parts = [summed(0, block()), other, summed(800, block())];
  assert.match(await told(header, segment(...parts)), /in one place: 0\.4 to 0\.8$/);
});
