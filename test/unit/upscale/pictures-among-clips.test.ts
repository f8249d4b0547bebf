import test from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { sortPictures } from '../../../src/upscale/pictures-among-clips.js';
import type { Input } from '../../../src/upscale/plan/inputs.js';
import type { UpscaleOptions } from '../../../src/upscale/plan/options.js';
import { checkOptions } from '../../../src/upscale/plan/settings.js';

function input(file: string, foundBy: string | null = null): Input {
  return { path: path.resolve(file), below: '', foundBy, name: path.parse(file).name };
}

const clip = input('in/clip.mp4', 'in/');
const mixed = [clip, input('in/a.png', 'in/'), input('in/b.jpg', 'in/')];

async function sorted(inputs: readonly Input[], options: UpscaleOptions) {
  const { inputs: kept, notes } = await sortPictures(inputs, checkOptions(options));
  const words = notes.map(({ about, note }) => [about, note.what, note.why]);
  return { kept: kept.map(({ path: file }) => path.basename(file)), words };
}

test('pictures among clips are left out where an option is for clips, and named before the start', async () => {
  assert.deepEqual(await sorted(mixed, { to: '720p' }), {
    kept: ['clip.mp4'],
    words: [['in/', 'pictures left out', '--to is for clips: a.png, b.jpg']],
  });
  const others = [...mixed, input('more/c.tif', 'more/*')];
  assert.deepEqual((await sorted(others, { start: 1, codec: 'hevc' })).words, [
    ['in/', 'pictures left out', '--start and --codec are for clips: a.png, b.jpg'],
    ['more/*', 'pictures left out', '--start and --codec are for clips: c.tif'],
  ]);
});

test('options without meaning for pictures leave them as they are, and say so', async () => {
  assert.deepEqual(await sorted(mixed, { frames: 9 }), {
    kept: ['clip.mp4', 'a.png', 'b.jpg'],
    words: [['in/', '--frames does not change pictures', 'a picture has one frame: a.png, b.jpg']],
  });
  const many = { crf: 30, preset: 'slow', audio: 'eng', steady: 'off' } as const;
  assert.deepEqual((await sorted(mixed, many)).words, [
    [
      'in/',
      '--crf, --preset and --audio do not change pictures',
      'they are for clips: a.png, b.jpg',
    ],
  ]);
  const others = { pixelFormat: 'yuv420p10le', encoder: 'auto', subs: 'none' } as const;
  assert.deepEqual(
    (await sorted(mixed.slice(1), { ...others, ffmpegArgs: ['-tune', 'film'] })).words,
    [
      [
        'in/',
        '--pix-fmt, --encoder, --ffmpeg-args and --subs do not change pictures',
        'they are for clips: a.png, b.jpg',
      ],
    ],
  );
  assert.deepEqual((await sorted([clip], { frames: 9, to: '720p' })).words, []);
  assert.deepEqual((await sorted(mixed, { scale: 3 })).words, []);
});

test('a picture that was named, or nothing but pictures, is a wrong call for such an option', async () => {
  const wrong = (message: RegExp) => ({ code: 'option', message });
  await assert.rejects(
    sorted([clip, input('x/photo.png')], { to: '720p' }),
    wrong(/^Expected clips for --to, but photo\.png is a picture\. Enlarge pictures by a call/),
  );
  await assert.rejects(
    sorted(mixed.slice(1), { end: 2 }),
    wrong(/^Expected clips for --end, but a\.png, b\.jpg are pictures\./),
  );
});
