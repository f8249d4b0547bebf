import assert from 'node:assert/strict';
import path from 'node:path';
import test, { before } from 'node:test';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { asDecoded } from '../../src/media/decode/as-decoded.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { goThrough } from '../../src/media/scan/go-through.js';
import { probe } from '../../src/media/source/probe.js';
import { readFrameLog } from '../../src/metrics/read-frame-log.js';
import { packageRoot } from '../../src/package-root.js';
import type { FrameOrigin } from '../../src/planes/frame.js';
import { checkFootage, type FootageOptions } from '../../src/upscale/footage/footage-settings.js';
import { planOfRuns } from '../../src/upscale/footage/run-choice.js';
import { enlarge, enlarged, ffmpegRun, frameMd5 } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const [width, height] = [160, 96];

/** Pictures of film in the clip, and frames of video after them, of 24 and 30 a second. */
const film = 48;
const video = 30;
let ffmpeg: Ffmpeg;

before(async () => {
  ffmpeg = await locateFfmpeg();
  const sample = path.join(packageRoot(), 'samples', 'scene.mp4');
  await ffmpegRun('-i', sample, '-frames:v', '1', file('frame.png'));
  const pan = `scale=768:432,crop=${width}:${height}:3*n:40,format=yuv420p`;
  const spread = `trim=end_frame=${film},telecine=first_field=top:pattern=23`;
  const cut = `trim=start_frame=${film}:end_frame=${film + 2 * video}`;
  const mixed = `${pan},split[a][b];[a]${spread},settb=1/30,setpts=N[f];[b]${cut},tinterlace=mode=interleave_top,settb=1/30,setpts=N[v];[f][v]concat`;
  await ffmpegRun(
    ...['-loop', '1', '-framerate', '24', '-t', '6', '-i', file('frame.png')],
    ...['-vf', pan, '-frames:v', String(film + 2 * video), '-c:v', 'ffv1', file('truth.mkv')],
    // The flags say that nothing is interlaced.
    ...['-vf', `${pan},${spread},setpts=N/30/TB,setfield=prog`, '-r', '30'],
    ...['-c:v', 'ffv1', file('film.nut')],
    ...['-vf', `${pan},${spread},trim=end_frame=33,setpts=N/30/TB,setfield=prog`, '-r', '30'],
    ...['-c:v', 'ffv1', file('ends.nut')],
    ...['-vf', `${pan},${spread},setpts=N/30/TB,setfield=prog,noise=c0s=12:allf=t:c0_seed=7`],
    ...['-r', '30', '-c:v', 'ffv1', file('noisy.nut')],
    ...['-vf', `${pan},trim=end_frame=40,fps=48`, '-r', '48', '-c:v', 'ffv1', file('twice.nut')],
    ...[
      '-vf',
      `${mixed},setfield=prog`,
      '-vsync',
      'passthrough',
      '-c:v',
      'ffv1',
      file('mixed.nut'),
    ],
  );
});

type Picture = { pts: number; time: number; luma: Uint8Array; origin: FrameOrigin | undefined };

/** The pictures that a clip is decoded to, as options say; as they are without. */
async function pictures(
  name: string,
  options: FootageOptions | null,
  denoise: number | null = null,
): Promise<Picture[]> {
  const probed = await probe(ffmpeg, file(name));
  const runs =
    options === null
      ? null
      : planOfRuns(
          probed,
          await goThrough(ffmpeg, probed, { stallTimeoutMs: 60_000 }),
          checkFootage(options),
        );
  const source = asDecoded(probed, { fields: null, crop: null, runs, denoise });
  const { num, den } = source.video.timeBase;
  const found: Picture[] = [];
  for await (const { pts, data, origin } of decodeFrames(ffmpeg, source)) {
    found.push({ pts, time: (pts * num) / den, luma: data.slice(0, width * height), origin });
  }
  if (options !== null) assert.equal(source.video.frameCount, found.length);
  return found;
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

test('film is put together to the very pictures that it was made of, at even times', async () => {
  const truth = await pictures('truth.mkv', null);
  const found = await pictures('film.nut', { telecine: 'auto' });
  assert.equal(found.length, film);
  found.forEach(({ time, luma, origin }, i) => {
    assert.ok(isEqual(luma, truth[i]!.luma), `picture ${i} is another`);
    assert.ok(Math.abs(time - i / 24) < 1e-6, `picture ${i} is shown at ${time}`);
    assert.equal(origin?.field, 'film');
  });
});

test('a last picture of film that has one field only is made from that', async () => {
  const truth = await pictures('truth.mkv', null);
  const found = await pictures('ends.nut', { telecine: 'auto' });
  // Six times four pictures, two more, and one of which the last frame has the second field.
  assert.equal(found.length, 27);
  for (let i = 0; i < 26; i++) assert.ok(isEqual(found[i]!.luma, truth[i]!.luma), `${i}`);
  const { luma, origin, time } = found[26]!;
  assert.deepEqual([origin?.field, origin?.kind], ['bottom', 'film']);
  assert.ok(Math.abs(time - 26 / 24) < 1e-6, `it is shown at ${time}`);
  const error = (to: number): number =>
    luma.reduce((sum, value, at) => sum + (value - truth[to]!.luma[at]!) ** 2, 0);
  assert.ok(error(26) < error(25) / 4 && error(26) < error(27) / 4);
});

test('noise is taken out of film that is put together of its fields', async () => {
  const truth = await pictures('truth.mkv', null);
  const errors = async (denoise: number | null): Promise<number> => {
    const found = await pictures('noisy.nut', { telecine: 'auto' }, denoise);
    assert.equal(found.length, film);
    const all = found.map(({ luma }, i) =>
      luma.reduce((sum, value, at) => sum + (value - truth[i]!.luma[at]!) ** 2, 0),
    );
    return all.reduce((sum, error) => sum + error, 0) / (film * width * height);
  };
  const [noisy, clean] = [await errors(null), await errors(6)];
  assert.ok(clean < noisy / 3, `mean squared error ${noisy} to ${clean}`);
});

test('film and video in one clip each become what they are, and no time is lost', async () => {
  const frames = await pictures('mixed.nut', null);
  const truth = await pictures('truth.mkv', null);
  const found = await pictures('mixed.nut', { telecine: 'auto', deinterlace: 'field' });
  const kinds = found.map(({ origin }) => origin?.kind);
  const seam = kinds.indexOf('video');
  assert.equal(seam, film);
  assert.ok(kinds.slice(seam).every((kind) => kind === 'video'));
  assert.equal(found.length, film + 2 * video);
  for (let i = 0; i < film; i++) assert.ok(isEqual(found[i]!.luma, truth[i]!.luma), `${i}`);
  const [first, last] = [found[0]!, found.at(-1)!];
  assert.equal(first.time, frames[0]!.time);
  assert.ok(Math.abs(last.time - frames.at(-1)!.time - 1 / 60) < 2e-6);
  for (const [i, { time, origin }] of found.entries()) {
    if (i > 0) assert.ok(time > found[i - 1]!.time, `picture ${i} comes too early`);
    if (origin?.field === 'bottom') {
      const own = frames.find(({ pts }) => pts === origin.sourcePts);
      assert.ok(Math.abs(time - own!.time - 1 / 60) < 2e-6);
    }
  }
});

test('repeated frames are left out, and those before them stand for as long as both', async () => {
  const [truth, frames] = [await pictures('truth.mkv', null), await pictures('twice.nut', null)];
  const found = await pictures('twice.nut', { repeats: 'drop' });
  // The last frame stays, since how long the clip lasts hangs on it.
  assert.deepEqual([frames.length, found.length], [80, 41]);
  found.slice(0, 40).forEach(({ time, luma }, i) => {
    assert.ok(isEqual(luma, truth[i]!.luma), `picture ${i} is another`);
    assert.equal(time, frames[2 * i]!.time);
  });
  assert.equal(found.at(-1)!.time, frames.at(-1)!.time);
});

test('a job is the same whole, in segments, and in part; log and sidecar say what was done', async () => {
  const options = {
    model: 'espcn-16-lite-x2',
    precision: 'fp32',
    codec: 'ffv1',
    telecine: 'auto',
    deinterlace: 'field',
  } as const;
  const whole = await enlarge(file('mixed.nut'), {
    ...{ ...options, log: file('whole.csv'), output: file('whole.x2.mkv') },
  });
  assert.ok(whole.status === 'done');
  const { settings } = whole.summary;
  assert.ok('runs' in settings);
  assert.deepEqual(
    settings.runs?.runs.map(({ kind, order, cadence, place }) => [kind, order, cadence, place]),
    [
      ['film', 'top', '3:2', 0],
      ['video', 'top', null, 0],
    ],
  );
  const rows = [];
  for await (const row of readFrameLog(file('whole.csv'))) rows.push(row);
  const fourth = (await pictures('mixed.nut', null))[4]!.pts;
  assert.deepEqual([rows[3]!.field, rows[3]!.scan, rows[3]!.sourcePts], ['film', 'film', fourth]);
  assert.deepEqual([rows.at(-1)!.field, rows.at(-1)!.scan], ['bottom', 'video']);
  const cut = await enlarged(file('mixed.nut'), {
    ...{ ...options, segmentSeconds: 0.7, log: false, output: file('cut.x2.mkv') },
  });
  const all = (await frameMd5(whole.output)).split('\n');
  assert.deepEqual((await frameMd5(cut)).split('\n'), all);
  const part = await enlarged(file('mixed.nut'), {
    ...{ ...options, start: 1, frames: 8, log: false, output: file('part.x2.mkv') },
  });
  const hashes = (lines: readonly string[]) => lines.map((line) => line.split(',').at(-1));
  assert.deepEqual(hashes((await frameMd5(part)).split('\n')), hashes(all.slice(24, 32)));
});
