import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { fragmentDamage } from '../../../../src/media/damage/fragments.js';
import { box, words } from '../../../../src/media/marks/mp4-boxes.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { sampleSource, sampleStream, sampleVideo } from '../sample-source.js';

const folder = temporaryFolder();

const start = Buffer.concat([
  box('ftyp', Buffer.from('isom')),
  box('moov', box('mvhd', Buffer.alloc(100)), box('mvex', box('trex', Buffer.alloc(24)))),
]);

/** A part of a fragment: ten samples of a tenth of a second, with their durations one by one. */
const ownDurations = (track: number, second: number): Buffer =>
  box(
    'traf',
    box('tfhd', words(0, track)),
    box('tfdt', words(0, 1000 * second)),
    box('trun', words(0x301, 10, 0), ...Array.from({ length: 10 }, () => words(100, 4))),
  );
/** The same with one duration for all, and long times. */
const oneDuration = (track: number, second: number): Buffer =>
  box(
    'traf',
    box('tfhd', words(0x2000a, track, 1, 100)),
    box('tfdt', words(1 << 24, 0, 1000 * second)),
    box('trun', words(0x205, 10, 0, 0), Buffer.alloc(40, 1)),
  );

/** A fragment of one second. */
function fragment(number: number, second: number): Buffer[] {
  const trafs = [ownDurations(1, second), oneDuration(2, second)];
  return [
    box('moof', box('mfhd', words(0, number)), ...trafs),
    box('mdat', Buffer.alloc(80, 0x55)),
  ];
}

const six = [1, 2, 3, 4, 5, 6].flatMap((number) => fragment(number, number));

/** What is said of a file that holds `parts`. */
async function told(...parts: readonly Buffer[]): Promise<string> {
  const file = path.join(folder, 'clip.mp4');
  const bytes = Buffer.concat(parts);
  await writeFile(file, bytes);
  const timeBase = { num: 1, den: 1000 };
  const source = sampleSource(
    [sampleStream({ index: 1, id: 2, timeBase })],
    { path: file, sizeBytes: bytes.length },
    sampleVideo({ id: 1, timeBase }),
  );
  const damages = await fragmentDamage(source);
  return damages.map(({ what, from, to }) => `${what}: ${from} to ${to}`).join('; ');
}

test('whole files show nothing', async () => {
  assert.equal(await told(start, ...six), '');
  assert.equal(await told(start, ...six, box('mfra', Buffer.alloc(40))), '');
  assert.equal(await told(start, box('styp'), ...six.slice(4)), '', 'begins anywhere');
  assert.equal(await told(start, ...six, Buffer.alloc(100_000)), '', 'zeros after the end');
  assert.equal(await told(start, ...six, start, ...six), '', 'joined');
  assert.equal(await told(start, ...six, ...fragment(70, 7)), '', 'other numbers');
  assert.equal(await told(start, ...six, ...fragment(7, 20)), '', 'a pause');
  assert.equal(await told(start, ...six, ...fragment(9, 500)), '', 'of another recording');
  const open = Buffer.from(box('mdat', Buffer.alloc(50))).fill(0, 0, 4);
  assert.equal(await told(start, ...six.slice(0, -1), open), '', 'samples up to the end');
  assert.equal(await told(), '');
});

test('in a file without fragments a broken box is no business of this', async () => {
  const plain = [box('ftyp'), box('moov', box('mvhd', Buffer.alloc(100)))];
  assert.equal(await told(...plain, Buffer.alloc(30, 1)), '');
});

test('broken fragments, and what follows a broken box, are told with their times', async () => {
  const zeroed = (place: number, from: number, to: number): Buffer[] =>
    six.with(place, Buffer.from(six[place]!).fill(0, from, to));
  const first = 'a fragment is broken: 4 to 5';
  assert.equal(await told(start, ...zeroed(6, 12, 16)), first, 'its number');
  assert.equal(await told(start, ...zeroed(6, 32, 60)), first, 'a track');
  const last = 'its container is broken: 4 to null';
  assert.equal(await told(start, ...zeroed(6, 0, 8)), last, 'a fragment');
  assert.equal(await told(start, ...zeroed(5, 0, 8)), last, 'its samples');
  assert.equal(
    await told(start, ...six.slice(0, 7), six[7]!.subarray(0, 20)),
    'its container is broken: 5 to null',
  );
});

test('fragments without samples and those that are left out are told', async () => {
  const lacks = 'a fragment lacks its samples: 4 to 4';
  assert.equal(await told(start, ...six.toSpliced(5, 1)), lacks);
  assert.equal(await told(start, ...six.slice(0, -1)), 'a fragment lacks its samples: 7 to null');
  assert.equal(await told(start, ...six.toSpliced(4, 2)), '1 fragment is missing: 3 to 4');
  assert.equal(await told(start, ...six.toSpliced(4, 4)), '2 fragments are missing: 3 to 5');
});
