import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A frame of one dot: its disposal method, and whether the dot is transparent. */
type Dot = readonly [disposal: number, transparent: boolean];

function gif(dots: readonly Dot[]): Buffer {
  const frames = dots.flatMap(([disposal, transparent]) => [
    ...[0x21, 0xf9, 4, (disposal << 2) | 1, 5, 0, 0, 0],
    // LZW codes of three bits: clear, colour 0 (the transparent one) or 1, end.
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, transparent ? 0x44 : 0x4c, 0x01, 0],
  ]);
  const screen = [1, 0, 1, 0, 0x80, 0, 0, ...[0, 0, 0, 255, 255, 255]];
  return Buffer.from([...Buffer.from('GIF89a'), ...screen, ...frames, 0x3b]);
}

test('a GIF has transparency where a frame shows any, and only there', async () => {
  const ffmpeg = await locateFfmpeg();
  const folder = temporaryFolder();
  const file = path.join(folder, 'a.gif');
  const cases: readonly [readonly Dot[], boolean, string][] = [
    [
      [
        [1, false],
        [1, false],
      ],
      false,
      'opaque throughout',
    ],
    [
      [
        [1, false],
        [1, true],
      ],
      false,
      'a transparent dot leaves what is beneath',
    ],
    [
      [
        [1, true],
        [1, false],
      ],
      true,
      'the first frame is transparent',
    ],
    [
      [
        [1, false],
        [2, false],
        [1, true],
      ],
      true,
      'cleared away before the last frame',
    ],
  ];
  for (const [dots, expected, why] of cases) {
    await writeFile(file, gif(dots));
    const { video } = await probe(ffmpeg, file);
    assert.equal(video.format.alpha, expected, why);
  }
});
