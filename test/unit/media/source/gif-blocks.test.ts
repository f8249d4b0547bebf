import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { keepsOpaque } from '../../../../src/media/source/gif-blocks.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/**
 * A GIF of one dot a frame, each with the disposal method given; `null` for a frame without a
 * control block.
 */
function gif(
  disposals: readonly (number | null)[],
  end: readonly number[] = [0x3b],
  code = 2,
): Buffer {
  const screen = [1, 0, 1, 0, 0x80, 0, 0, ...[0, 0, 0, 255, 255, 255]];
  const loop = [0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0];
  const frames = disposals.flatMap((disposal) => [
    ...(disposal === null ? [] : [0x21, 0xf9, 4, (disposal << 2) | 1, 5, 0, 1, 0]),
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0x80, ...[9, 9, 9, 8, 8, 8], code, 2, 0x4c, 0x01, 0],
  ]);
  return Buffer.from([...Buffer.from('GIF89a'), ...screen, ...loop, ...frames, ...end]);
}

test('a GIF keeps what is opaque unless a frame is taken away again', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'a.gif');
  const cases: readonly [Buffer, boolean, string][] = [
    [gif([null, 0, 1]), true, 'painted over'],
    [gif([0, 2, 1]), false, 'cleared to the background'],
    [gif([3]), false, 'what was before the first frame is nothing'],
    [gif([0, 1], []), false, 'broken off'],
    [gif([0, 1], [0x99]), false, 'no GIF from there on'],
    [gif([0], [0x3b], 0), false, 'compressed in a way that cannot be read'],
    [gif([0], [0x3b], 12), false, 'codes too long to be read'],
    [gif(Array.from({ length: 5000 }, () => 1)), true, 'longer than one piece'],
    [gif([...Array.from({ length: 5000 }, () => 1), 2]), false, 'cleared far behind'],
    [Buffer.from('no GIF at all'), false, 'another file'],
  ];
  for (const [bytes, expected, why] of cases) {
    await writeFile(file, bytes);
    assert.equal(await keepsOpaque(file), expected, why);
  }
});
