import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { report, upscale } from '../../src/index.js';
import type { UpscaleEvent } from '../../src/upscale/upscale.js';
import type { UpscaleOptions } from '../../src/upscale/plan/options.js';
import { ffmpegRun } from '../support/enlarge.js';
import { writeRandomModel } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** Flat grey pictures, each by its number brighter: `f_<n>.png`. */
async function greys(name: string, numbers: readonly number[], width = 32): Promise<string> {
  const into = path.join(folder, name);
  await mkdir(into, { recursive: true });
  for (const n of numbers) {
    const background = { r: 20 * n, g: 20 * n, b: 20 * n };
    const create = { width, height: 16, channels: 3, background } as const;
    await sharp({ create })
      .png()
      .toFile(path.join(into, `f_${n}.png`));
  }
  return into;
}

type Ends = Extract<UpscaleEvent, { event: 'done' | 'failed' }>;

/** How the only input of a job ended, and what was said before. */
async function endOf(input: string, options: UpscaleOptions, onProgress = (): void => {}) {
  const notes: string[] = [];
  let end: Ends | undefined;
  for await (const event of upscale(input, options)) {
    if (event.event === 'progress' && event.frames > 0) onProgress();
    if (event.event === 'note' || event.event === 'lost') notes.push(`${event.what}: ${event.why}`);
    if (event.event === 'done' || event.event === 'failed') end = event;
  }
  assert.ok(end !== undefined);
  return { end, notes };
}

test('pictures become the frames of a clip, in the order of their numbers and at their times', async () => {
  const model = await writeRandomModel(folder, 'espcn-16', 2);
  const numbers = [1, 2, 3, 9, 10, 11];
  const into = await greys('100% frames', numbers);
  const pattern = path.join(into, 'f_*.png');
  const output = path.join(folder, 'out.mkv');
  const options = { model, output, fps: '24000/1001', codec: 'ffv1' } as const;
  const { end, notes } = await endOf(pattern, options);
  assert.equal(end.event, 'done', JSON.stringify(end));
  assert.equal(end.clip, pattern);
  assert.ok(
    notes.includes(
      'gaps in the numbering: f_4.png and 4 more are not there; the pictures follow one another without a gap in time',
    ),
    notes.join('\n'),
  );
  const rows = (await readFile(`${output}.psnr.csv`, 'utf8')).trim().split('\n').slice(1);
  assert.deepEqual(
    rows.map((row) => Number(row.split(',')[2]).toFixed(3)),
    numbers.map((_, i) => ((i * 1001) / 24000).toFixed(3)),
  );
  const raw = path.join(folder, 'raw.gray');
  await ffmpegRun('-i', output, '-vf', 'format=yuv444p,extractplanes=y', '-f', 'rawvideo', raw);
  const samples = await readFile(raw);
  assert.equal(samples.length, numbers.length * 64 * 32);
  const means = numbers.map((_, i) => {
    const frame = samples.subarray(i * 64 * 32, (i + 1) * 64 * 32);
    return frame.reduce((sum, each) => sum + each, 0) / frame.length;
  });
  means.forEach((mean, i) => {
    if (i > 0) assert.ok(mean > means[i - 1]! + 5, means.join(' '));
  });
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('.')),
    [],
    'nothing stays of the clip that the pictures were gathered in',
  );
  const sidecar = JSON.parse(await readFile(`${output}.vsr.json`, 'utf8')) as {
    source: { path: string };
  };
  assert.equal(sidecar.source.path, pattern);

  const again = await endOf(pattern, options);
  assert.equal(again.end.event === 'done' && again.end.status, 'skipped');
  const second = path.join(into, 'f_2.png');
  const { atime, mtime } = await stat(second);
  await utimes(second, atime, new Date(mtime.getTime() - 60_000));
  const older = await endOf(pattern, options);
  assert.notEqual(
    older.end.event === 'done' && older.end.status,
    'skipped',
    'a picture of another time is another one, also an older one',
  );
  await greys('100% frames', [9, 10], 34);
  const wrong = await endOf(pattern, options);
  assert.match(
    wrong.end.event === 'failed' ? wrong.end.error.message : '',
    /^Expected pictures of one size but .*f_9\.png has 34x16, and .*f_1\.png 32x16\./,
  );
  await greys('100% frames', [9, 10]);
  await writeFile(path.join(into, 'f_11.png'), 'no picture');
  const none = await endOf(pattern, options);
  assert.match(
    none.end.event === 'failed' ? none.end.error.message : '',
    /^Expected a picture but .*f_11\.png cannot be read as one\./,
  );
  await rm(path.join(into, 'f_11.png'));
});

test('frames become pictures: the folder appears whole, a stopped job leaves none, colours are kept', async () => {
  const clip = path.join(folder, 'colour.mkv');
  const source = 'color=c=0xC8285A:size=32x16:rate=25:duration=0.2';
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', source, '-f', 'lavfi', '-i', 'sine=duration=0.2'],
    ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv,format=yuv444p', '-c:v', 'ffv1'],
    ...['-colorspace', 'bt709', '-color_range', 'tv', '-c:a', 'flac', clip],
  );
  const into = path.join(folder, '100% larger');
  const options = { model: 'espcn-16-lite-x2', output: path.join(into, 'g_%03d.png') } as const;
  const wrong = await endOf(clip, { ...options, codec: 'hevc' });
  assert.match(
    wrong.end.event === 'failed' ? `${wrong.end.error.code}: ${wrong.end.error.message}` : '',
    /^option: Expected a clip as output for codec but received "hevc"\. Pictures are coded/,
  );
  const stop = new AbortController();
  const stopped = await endOf(clip, { ...options, signal: stop.signal }, () => stop.abort());
  assert.equal(stopped.end.event === 'failed' && stopped.end.error.code, 'interrupted');
  const there = (await readdir(folder)).filter((name) => name.startsWith('100% larger'));
  assert.deepEqual(there, ['100% larger.pictures.vsr-work']);

  const { end, notes } = await endOf(clip, options);
  assert.equal(end.event === 'done' && end.status, 'done', JSON.stringify(end));
  assert.equal(end.output, into);
  assert.ok(notes.includes('audio: pictures hold none'), notes.join('\n'));
  const names = (await readdir(into)).sort();
  assert.deepEqual(
    names,
    [1, 2, 3, 4, 5].map((n) => `g_00${n}.png`),
  );
  for (const name of names) {
    const { channels } = await sharp(path.join(into, name)).stats();
    channels.forEach(({ mean }, i) => {
      const wanted = [0xc8, 0x28, 0x5a][i]!;
      assert.ok(Math.abs(mean - wanted) < 2.5, `${name}: ${mean} for ${wanted}`);
    });
  }
  const beside = (await readdir(folder)).filter((name) => name.startsWith('100% larger'));
  const wanted = ['', '.psnr.csv', '.vsr.json'].map((end) => `100% larger${end}`);
  assert.deepEqual(beside.sort(), wanted);
  const again = await endOf(clip, options);
  assert.equal(again.end.event === 'done' && again.end.status, 'skipped');
  const first = path.join(into, 'g_001.png');
  const bytes = await readFile(first);
  const edited = Buffer.from(bytes);
  edited.writeUInt8(edited.readUInt8(edited.length - 1) ^ 1, edited.length - 1);
  await writeFile(first, edited);
  const other = await endOf(clip, options);
  assert.match(
    other.end.event === 'failed' ? other.end.error.message : '',
    /holds 5 files\. Replace it with --overwrite/,
    'an edited picture of the same size is seen',
  );
  await writeFile(first, bytes);
  await writeFile(path.join(into, 'mine.txt'), 'mine');
  const kept = await endOf(clip, { ...options, overwrite: true });
  assert.match(
    kept.end.event === 'failed' ? kept.end.error.message : '',
    /holds 6 files, others than such pictures among them\. Name another one with -o\.$/,
  );
});

test('grey pictures with opacity come back as such, flat as they were', async () => {
  const into = path.join(folder, 'grey');
  await mkdir(into);
  for (const n of [1, 2]) {
    const data = Uint8Array.from({ length: 2 * 32 * 16 }, (_, i) => (i % 2 === 0 ? 50 * n : 128));
    await sharp(data, { raw: { width: 32, height: 16, channels: 2 } })
      .toColourspace('b-w')
      .png()
      .toFile(path.join(into, `f_${n}.png`));
  }
  const output = path.join(folder, 'greys', 'f_%d.png');
  const options = { model: 'espcn-16-lite-x2', fps: '25', output };
  const { end } = await endOf(path.join(into, 'f_%d.png'), options);
  assert.equal(end.event, 'done', JSON.stringify(end));
  for (const n of [1, 2]) {
    const { data, info } = await sharp(path.join(folder, 'greys', `f_${n}.png`))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { channels } = await sharp(path.join(folder, 'greys', `f_${n}.png`)).metadata();
    assert.equal(channels, 2);
    const samples = new Set(data.filter((_, i) => i % info.channels === info.channels - 1));
    assert.deepEqual([...samples], [128], 'opacity');
    assert.deepEqual([...new Set(data.filter((_, i) => i % info.channels === 0))], [50 * n]);
  }
  const page = await readFile(await report(path.dirname(output)), 'utf8');
  assert.doesNotMatch(page, /is gone|not shown/, 'a report shows pictures of both sequences');
  assert.match(page, /<img/);
});
