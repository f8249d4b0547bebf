import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { asDecoded } from '../../src/media/decode/as-decoded.js';
import { lookAt } from '../../src/media/scan/look.js';
import { readFrameLog } from '../../src/metrics/read-frame-log.js';
import { probe } from '../../src/media/source/probe.js';
import type { FieldFrames } from '../../src/media/source/source.js';
import { packageRoot } from '../../src/package-root.js';
import { enlarged, enlarge, ffmpegRun, frameMd5 } from '../support/enlarge.js';
import { sharedTruths, truthArguments } from '../../scripts/footage/truths.js';
import { onlyInLongForm } from '../support/long-form.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const small = { model: 'espcn-16-lite-x2', log: false, precision: 'fp32' } as const;
const [width, height] = [160, 96];

/** Frames of the interlaced clip, and that before which it has a gap of a second. */
const frames = 30;
const gapAt = 20;
let ffmpeg: Ffmpeg;

before(async () => {
  ffmpeg = await locateFfmpeg();
  const sample = path.join(packageRoot(), 'samples', 'scene.mp4');
  await ffmpegRun('-i', sample, '-frames:v', '1', file('frame.png'));
  const truth = `trim=end_frame=${2 * frames},scale=768:432,crop=${width}:${height}:2*n:40,format=yuv420p`;
  const made = `${truth},tinterlace=mode=interleave_top`;
  await ffmpegRun(
    ...['-loop', '1', '-framerate', '50', '-t', '2', '-i', file('frame.png')],
    ...['-vf', truth, '-c:v', 'ffv1', file('truth.mkv')],
    // The flags say the wrong order.
    ...['-vf', `${made},setfield=bff`, '-c:v', 'ffv1', file('fields.mkv')],
    ...['-vf', `${made},setpts=PTS+gte(N\\,${gapAt})/TB`, '-vsync', 'passthrough'],
    ...['-c:v', 'ffv1', file('gap.mkv')],
    ...['-vf', `${truth},setfield=tff`, '-c:v', 'ffv1', file('whole.mkv')],
    // The pictures of the first fields alone, at the enlarged size.
    ...['-vf', `${truth},select='not(mod(n\\,2))',setpts=N/(25*TB),scale=320:192`, '-r', '25'],
    ...['-c:v', 'ffv1', file('half.mkv')],
  );
});

/** Times in seconds and luma of the frames of a clip. */
async function decoded(name: string, fields: FieldFrames | null, samples = width * height) {
  const probed = await probe(ffmpeg, file(name));
  const source = asDecoded(probed, { fields, crop: null, runs: null, denoise: null });
  const { num, den } = source.video.timeBase;
  const found: { time: number; luma: Uint8Array }[] = [];
  for await (const { pts, data } of decodeFrames(ffmpeg, source)) {
    found.push({ time: (pts * num) / den, luma: data.slice(0, samples) });
  }
  return found;
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  const sum = a.reduce((all, value, i) => all + (value - b[i]!) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * a.length) / sum);
}

test('a frame of every field is near the truth at its time, in the order that was seen', async () => {
  const truth = await decoded('truth.mkv', null);
  const right = await decoded('fields.mkv', { order: 'top', rate: 'field' });
  assert.equal(right.length, 2 * frames);
  const wrong = await decoded('fields.mkv', { order: 'bottom', rate: 'field' });
  const mean = (found: typeof right): number =>
    found.slice(2, -2).reduce((sum, { luma }, i) => sum + psnr(luma, truth[i + 2]!.luma), 0) /
    (found.length - 4);
  right.forEach(({ time }, i) => assert.ok(Math.abs(time - right[0]!.time - i / 50) < 0.0011));
  assert.ok(mean(right) > 32, `only ${mean(right)} dB`);
  assert.ok(mean(right) > mean(wrong) + 3, `${mean(right)} against ${mean(wrong)} dB`);
});

const figures = [
  ['butterfly', 36.9],
  ['pan1', 43.1],
] as const;
for (const [name, least] of figures) {
  const content = sharedTruths.find((each) => each.name === name);
  // Making the pan takes long.
  const isQuick = name === 'butterfly';
  const skip = content === undefined ? '../shared/data is not there' : !isQuick && onlyInLongForm;
  test(`a frame of every field of ${name} has ${least} dB to the truth`, { skip }, async () => {
    await ffmpegRun(...truthArguments(content!, file('whole.nut')));
    const made = 'tinterlace=mode=interleave_top,settb=1/25,setpts=N,setfield=bff';
    await ffmpegRun(
      '-i',
      file('whole.nut'),
      '-vf',
      made,
      '-r',
      '25',
      '-c:v',
      'ffv1',
      file('i.nut'),
    );
    const source = await probe(ffmpeg, file('i.nut'));
    const { order } = await lookAt(ffmpeg, source, { stallTimeoutMs: 60_000 });
    assert.equal(order, 'top');
    const truth = await decoded('whole.nut', null, 352 * 288);
    const found = await decoded('i.nut', { order, rate: 'field' }, 352 * 288);
    assert.equal(found.length, truth.length);
    const sum = found.reduce((all, { luma }, i) => all + psnr(luma, truth[i]!.luma), 0);
    assert.ok(sum / found.length >= least, `only ${sum / found.length} dB`);
  });
}

test('no time is made up at a gap', async () => {
  const times = (await decoded('gap.mkv', { order: 'top', rate: 'field' })).map(
    (each) => each.time,
  );
  assert.equal(times.length, 2 * frames);
  const steps = times.slice(1).map((time, i) => Math.round((time - times[i]!) * 100) / 100);
  const expected = steps.map((_, i) => (i === 2 * gapAt - 1 ? 1.02 : 0.02));
  assert.deepEqual(steps, expected);
});

test('segments, parts and whole runs give the same frames, twice as many', async () => {
  const options = { ...small, deinterlace: 'field', codec: 'ffv1' } as const;
  const reference = file('half.mkv');
  const whole = await enlarged(file('fields.mkv'), {
    ...{ ...options, reference, log: file('whole.csv'), output: file('whole.x2.mkv') },
  });
  const cut = await enlarged(file('fields.mkv'), {
    ...{ ...options, reference, log: file('cut.csv'), output: file('cut.x2.mkv') },
    segmentSeconds: 0.4,
  });
  assert.equal(await readFile(file('cut.csv'), 'utf8'), await readFile(file('whole.csv'), 'utf8'));
  // Each field has its frame's time on the source's clock, of 1000 ticks a second.
  const origins = [];
  for await (const { sourcePts, field, scan, psnrY } of readFrameLog(file('whole.csv'))) {
    origins.push([sourcePts, field, scan]);
    // A reference of half the rate has a picture for every other frame.
    if (origins.length % 2 === 1) assert.ok(psnrY! > 28, String(psnrY));
    else assert.equal(psnrY, null);
  }
  assert.deepEqual(
    origins,
    origins.map((_, i) => [40 * (i >> 1), i % 2 === 0 ? 'top' : 'bottom', 'video']),
  );
  const rows = (await frameMd5(whole)).split('\n');
  assert.equal(rows.length, 2 * frames);
  assert.deepEqual((await frameMd5(cut)).split('\n'), rows);
  const part = await enlarged(file('fields.mkv'), {
    ...{ ...options, start: 0.5, frames: 10, output: file('part.x2.mkv') },
  });
  const hashes = (lines: readonly string[]) => lines.map((line) => line.split(',').at(-1));
  const partRows = (await frameMd5(part)).split('\n');
  assert.deepEqual(hashes(partRows), hashes(rows.slice(25, 35)));
});

test('auto leaves whole pictures alone whatever their flags say, and makes frames of fields', async () => {
  const left = await enlarge(file('whole.mkv'), {
    ...{ ...small, codec: 'ffv1', deinterlace: true, frames: 8, output: file('left.mkv') },
  });
  assert.ok(left.status === 'done');
  const notes = left.summary.missing.map(({ what, why }) => `${what}: ${why}`).join('\n');
  assert.match(notes, /frames are left as they are: .*\(progressive\)/);
  const off = await enlarged(file('whole.mkv'), {
    ...{ ...small, codec: 'ffv1', frames: 8, output: file('off.mkv') },
  });
  assert.equal(await frameMd5(left.output), await frameMd5(off));
  const made = await enlarge(file('fields.mkv'), {
    ...{ ...small, deinterlace: 'auto', frames: 3, output: file('made.mp4') },
  });
  assert.ok(made.status === 'done');
  const { settings } = made.summary;
  assert.ok('fields' in settings);
  assert.deepEqual(settings.fields, { order: 'top', rate: 'frame' });
});
