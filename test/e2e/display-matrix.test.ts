import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { enlarge, ffmpegRun } from '../support/enlarge.js';
import { onlyInLongForm } from '../support/long-form.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let ffmpeg: Ffmpeg;

before(async () => {
  ffmpeg = await locateFfmpeg();
});

const file = (name: string): string => path.join(folder, name);
const small = { model: 'espcn-16-lite-x2', preset: 'ultrafast', log: false } as const;

/** Parts of display matrices, and the filters of ffmpeg that show what they mean. */
const turns = {
  hflip: [[-1, 0, 0, 1], 'hflip'],
  vflip: [[1, 0, 0, -1], 'vflip'],
  half: [[-1, 0, 0, -1], 'hflip,vflip'],
  right: [[0, 1, -1, 0], 'transpose=clock'],
  left: [[0, -1, 1, 0], 'transpose=cclock'],
  swapped: [[0, 1, 1, 0], 'transpose=cclock_flip'],
  corner: [[0, -1, -1, 0], 'transpose=clock_flip'],
} as const;

/** A clip of four corners that differ, with a display matrix put into its track's header. */
async function clip(name: string, [a, b, c, d]: readonly number[]): Promise<string> {
  const corners =
    'color=gray:s=64x32:r=25:d=0.12,drawbox=0:0:32:16:white:fill,drawbox=32:0:32:16:black:fill';
  const graph = `${corners},drawbox=0:16:32:16:red:fill`;
  const out = file(`${name}.mp4`);
  await ffmpegRun('-f', 'lavfi', '-i', graph, '-pix_fmt', 'yuv420p', '-crf', '10', out);
  const bytes = await readFile(out);
  const at = bytes.indexOf('tkhd', 0, 'latin1') + 4 + 40;
  const values = [a!, b!, 0, c!, d!, 0].map((part) => part * 0x10000);
  values.forEach((value, i) => bytes.writeInt32BE(value, at + 4 * i));
  await writeFile(out, bytes);
  return out;
}

/** Luma of the first frame at the middle of each quarter, with the sizes, as `filters` show it. */
async function corners(name: string, filters: string | null): Promise<number[]> {
  const raw = file('corners.raw');
  const view = [...(filters === null ? [] : [filters]), 'scale=4:4:flags=area', 'format=yuv420p'];
  await ffmpegRun(
    '-noautorotate',
    '-i',
    name,
    '-vf',
    view.join(','),
    '-frames:v',
    '1',
    '-f',
    'rawvideo',
    raw,
  );
  const luma = (await readFile(raw)).subarray(0, 16);
  return [luma[0]!, luma[3]!, luma[12]!, luma[15]!];
}

const alike = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((value, i) => Math.abs(value - b[i]!) < 12);

for (const [i, [name, [parts, filters]]] of Object.entries(turns).entries()) {
  const options = { skip: i % 2 === 1 && onlyInLongForm };
  test(
    `${name}: MP4 keeps the matrix, Matroska has the frames turned, and says so`,
    options,
    async () => {
      const source = await clip(name, parts);
      const expected = await corners(source, filters);
      assert.ok(!alike(expected, await corners(source, null)), 'the turn shows');

      const mp4 = await enlarge(source, { ...small, output: file(`${name}.x2.mp4`) });
      assert.equal(mp4.status, 'done');
      const kept = await probe(ffmpeg, file(`${name}.x2.mp4`));
      const wanted = await probe(ffmpeg, source);
      assert.deepEqual(kept.video.matrix, wanted.video.matrix);
      assert.ok(alike(await corners(file(`${name}.x2.mp4`), filters), expected));

      const mkv = await enlarge(source, { ...small, output: file(`${name}.x2.mkv`) });
      assert.equal(mkv.status, 'done');
      const turned = await probe(ffmpeg, file(`${name}.x2.mkv`));
      assert.equal(turned.video.matrix, null);
      const swaps = parts[0] === 0;
      assert.equal(turned.video.width, swaps ? 64 : 128);
      assert.equal(turned.video.height, swaps ? 128 : 64);
      assert.ok(alike(await corners(file(`${name}.x2.mkv`), null), expected));
      const said = mkv.status === 'done' ? mkv.summary.missing : [];
      assert.ok(
        said.some(({ kind, why }) => kind === 'converted' && why.includes('frames themselves')),
      );
    },
  );
}

test('what no turn by whole pixels shows is kept in MP4 and announced elsewhere', async () => {
  const source = await clip('slanted', [0.5, 0.5, -0.5, 0.5]);
  const mp4 = await enlarge(source, { ...small, output: file('slanted.x2.mp4') });
  assert.equal(mp4.status, 'done');
  const wanted = (await probe(ffmpeg, source)).video.matrix;
  assert.deepEqual((await probe(ffmpeg, file('slanted.x2.mp4'))).video.matrix, wanted);
  const mkv = await enlarge(source, { ...small, output: file('slanted.x2.mkv') });
  const said = mkv.status === 'done' ? mkv.summary.missing : [];
  assert.ok(said.some(({ kind, what }) => kind === 'missing' && what === 'the display matrix'));
});
