import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import sharp from 'sharp';
import { upscale } from '../../src/index.js';
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
async function endOf(input: string, options: UpscaleOptions) {
  const notes: string[] = [];
  let end: Ends | undefined;
  for await (const event of upscale(input, options)) {
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
