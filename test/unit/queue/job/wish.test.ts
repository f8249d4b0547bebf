import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { settingsOf, wishOf, type OwnSettings } from '../../../../src/queue/job/wish.js';
import { Roots } from '../../../../src/queue/roots.js';
import type { UpscaleOptions } from '../../../../src/upscale/plan/options.js';
import { checkOptions } from '../../../../src/upscale/plan/settings.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const place = temporaryFolder();
const [here, there] = [path.join(place, 'here'), path.join(place, 'there')];

before(async () => {
  for (const folder of [here, there]) {
    await mkdir(folder);
    for (const name of ['net.onnx', 'truth.mkv', 'mask.png'])
      await writeFile(path.join(folder, name), 'x');
  }
});

const own: OwnSettings = {
  provider: { name: 'cpu' },
  workers: 3,
  ffmpeg: undefined,
  ffprobe: undefined,
  allowFfmpegArgs: false,
};

/** The wish of `options` as it lies in a work folder, written by one machine. */
async function stored(options: UpscaleOptions, log: string | null = null): Promise<object> {
  const roots = await Roots.of([`m=${here}`]);
  const shared = log === null ? null : await roots.toShared(log, 'log');
  const wish = await wishOf(checkOptions(options), shared, roots);
  return JSON.parse(JSON.stringify(wish)) as object;
}

async function read(wish: unknown, change: Partial<OwnSettings> = {}) {
  const roots = await Roots.of([`m=${there}`]);
  return settingsOf(wish, path.join(there, 'out.mp4'), roots, { ...own, ...change });
}

test('settings come to another machine as they are, with its own places and threads', async () => {
  const options: UpscaleOptions = {
    ...{
      scale: 4,
      codec: 'hevc',
      crf: 20.5,
      preset: 'fast',
      precision: 'fp32',
      strength: 0.4,
      start: 1.5,
      end: 9,
    },
    ...{
      chroma: 'lanczos3',
      steady: 'auto',
      deinterlace: 'field',
      fieldOrder: 'top',
      source: 'vhs',
      telecine: 'auto',
      repeats: 'drop',
      crop: '320:180:0:30',
      allowDamaged: true,
      reuse: false,
      stallTimeout: 7,
      pixelFormat: 'yuv420p',
      audio: 'eng',
      subs: 'none',
    },
    ...{ frames: 12, inputFormat: 'yuv420p', inputSize: '64x48', inputRate: '30000/1001' },
  };
  const model = path.join(here, 'net.onnx');
  const reference = path.join(here, 'truth.mkv');
  const mask = path.join(here, 'mask.png');
  const wish = await stored(
    { ...options, model, reference, mask, ffmpegArgs: ['-tune', 'film'] },
    path.join(here, 'log.csv'),
  );
  assert.doesNotMatch(JSON.stringify(wish), new RegExp(place), 'no path of this machine');
  const settings = await read(wish, { allowFfmpegArgs: true });
  const expected = checkOptions({
    ...options,
    ...{ output: path.join(there, 'out.mp4'), model: path.join(there, 'net.onnx') },
    ...{ reference: path.join(there, 'truth.mkv'), mask: path.join(there, 'mask.png') },
    ...{ log: path.join(there, 'log.csv') },
    ...{ ffmpegArgs: ['-tune', 'film'], workers: 3, provider: 'cpu', device: 0 },
  });
  assert.deepEqual(settings, expected);
});

test('a size to reach, a model of the catalogue and no log come over, too', async () => {
  const settings = await read(await stored({ to: '1080p', model: 'espcn-16-x2', log: false }));
  assert.deepEqual([settings.to, settings.model, settings.log], ['1080p', 'espcn-16-x2', false]);
  assert.equal((await read(await stored({ quality: 'best' }))).quality, 'best');
});

test('a wish of an earlier version, which had no mask, has none', async () => {
  const { mask, ...earlier } = (await stored({})) as { mask?: unknown };
  assert.equal(mask, null);
  assert.equal((await read(earlier)).mask, null);
});

test('a wish holds every setting but those that belong to one machine', async () => {
  const wish = await stored({});
  const left = Object.keys(checkOptions({})).filter((name) => !(name in wish));
  assert.deepEqual(left.sort(), [
    ...['configured', 'dryRun', 'exec', 'ffmpeg', 'ffprobe'],
    'fps', // Of picture sequences, which a queue refuses.
    ...[
      'jobs',
      'maxTries',
      'name',
      'output',
      'provider',
      'recursive',
      'restart',
      'segmentSeconds',
      'segments',
      'workers',
    ],
  ]);
});

const hostile: readonly (readonly [what: string, change: object, why: RegExp])[] = [
  ['arguments for the encoder', { ffmpegArgs: ['-f', 'mpegts'] }, /--allow-ffmpeg-args/],
  ['a model outside', { model: [{ root: 'm', path: '../x.onnx' }] }, /without \. and \.\./],
  ['a model by its path', { model: '/etc/net.onnx' }, /model of the catalogue/],
  ['a model beside', { model: '../net' }, /model of the catalogue/],
  ['a log of a foreign root', { log: { root: 'other', path: 'log.csv' } }, /one of the roots/],
  ['a log that is no log', { log: { root: 'm', path: '.bashrc' } }, /\.csv or \.jsonl/],
  ['a reference by a number', { reference: 7 }, /Expected an object/],
  ['a mask outside', { mask: { root: 'm', path: '../mask.png' } }, /without \. and \.\./],
  ['an unknown codec', { codec: 'h265' }, /Expected one of auto, h264/],
  ['a broken scale', { scale: 'two' }, /Expected a number/],
  ['a time that is none', { start: 'soon' }, /Expected a number/],
];
for (const [what, change, why] of hostile) {
  test(`a wish with ${what} is refused`, async () => {
    const wish = { ...(await stored({})), ...change };
    await assert.rejects(read(wish), why);
  });
}
