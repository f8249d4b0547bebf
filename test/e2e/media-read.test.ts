import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { promisify } from 'node:util';
import { decodeFrames } from '../../src/media/decode/decode.js';
import type { DecodeRequest } from '../../src/media/decode/decode-report.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { keyframes } from '../../src/media/source/packets.js';
import { probe } from '../../src/media/source/probe.js';
import type { Source } from '../../src/media/source/source.js';
import { planeOf } from '../../src/planes/frame.js';
import { seenFrames, type Seen } from '../support/seen-frames.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let ffmpeg: Ffmpeg;
const folder = temporaryFolder();
before(async () => {
  ffmpeg = await locateFfmpeg();
});

const run = promisify(execFile);

/** Makes a clip of moving test pictures; `args` are ffmpeg's words after the input. */
async function make(name: string, args: string, size = '64x48', seconds = 0.48): Promise<string> {
  const file = path.join(folder, name);
  const input = `testsrc2=size=${size}:rate=25:duration=${seconds}`;
  const words = ['-v', 'error', '-y', '-f', 'lavfi', '-i', input, ...args.split(' ')];
  await run(ffmpeg.ffmpeg, [...words, `file:${file}`]);
  return file;
}

/** Decodes a clip; what it shows, frame by frame. */
const seen = (source: Source, request: DecodeRequest = {}): Promise<Seen> =>
  seenFrames(ffmpeg, source, request);

/**
 * The same frames as ffmpeg's own framemd5 tells them, in a pix_fmt of which no sample is
 * converted.
 */
async function framemd5(file: string, format: string): Promise<{ pts: number[]; md5: string[] }> {
  const { stdout } = await run(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-copyts', '-i', `file:${file}`, '-map', '0:v:0', '-pix_fmt', format],
    ...['-vsync', 'passthrough', '-f', 'framemd5', '-'],
  ]);
  const rows = stdout.split('\n').filter((line) => /^\d/.test(line));
  const cells = rows.map((row) => row.split(',').map((cell) => cell.trim()));
  return { pts: cells.map((row) => Number(row[2])), md5: cells.map((row) => row[5]!) };
}

const x264 = '-c:v libx264 -preset ultrafast -x264-params bframes=2:keyint=4:scenecut=0';

test('samples come out as ffmpeg decodes them, whatever the depth, the size and the range', async () => {
  const kinds = [
    ['8.mp4', `${x264} -pix_fmt yuv420p`, '64x48', 'yuv420p'],
    ['odd.mkv', '-c:v ffv1 -pix_fmt yuv420p', '35x27', 'yuv420p'],
    ['10.mkv', '-c:v ffv1 -pix_fmt yuv422p10le', '64x48', 'yuv422p10le'],
    ['12.mkv', '-c:v ffv1 -pix_fmt yuv444p12le', '64x48', 'yuv444p12le'],
    ['full.mp4', `${x264} -pix_fmt yuvj420p`, '64x48', 'yuvj420p'],
    ['full.avi', '-c:v mjpeg -q:v 2 -pix_fmt yuvj422p', '64x48', 'yuvj422p'],
    ['grey.mkv', '-c:v ffv1 -pix_fmt gray', '64x48', 'gray'],
    ['grey10.mkv', '-c:v ffv1 -pix_fmt gray10le', '64x48', 'gray10le'],
    ['alpha.mkv', '-vf format=yuva420p,geq=lum=p(X\\,Y):a=X*4 -c:v ffv1', '64x48', 'yuva420p'],
    ['packed.avi', '-c:v rawvideo -pix_fmt uyvy422', '64x48', 'yuv422p'],
  ] as const;
  for (const [name, args, size, format] of kinds) {
    const file = await make(name, args, size);
    const source = await probe(ffmpeg, file);
    const [ours, theirs] = await Promise.all([seen(source), framemd5(file, format)]);
    assert.equal(ours.md5.length, 12, name);
    assert.deepEqual(ours.md5, theirs.md5, name);
    assert.equal(
      source.video.colour.range,
      format.startsWith('yuvj') ? 'pc' : source.video.colour.range,
      name,
    );
    assert.deepEqual([ours.report.truncated, ours.report.damagedFrames], [false, []], name);
  }
});

test('every frame comes once, at its own time', async () => {
  const vfr = "-vf select='not(eq(mod(n,5),2))' -vsync vfr";
  const kinds = [
    ['b.mp4', x264, 12],
    ['vfr.mkv', `${vfr} ${x264}`, 10],
    ['late.mkv', `-output_ts_offset 3.2 ${x264}`, 12],
    ['cut.mp4', `-ss 0.08 ${x264}`, 10],
    ['a.ts', x264, 12],
    ['a.flv', x264, 12],
  ] as const;
  for (const [name, args, count] of kinds) {
    const file = await make(name, args);
    const source = await probe(ffmpeg, file);
    const { pts, report } = await seen(source);
    assert.equal(pts.length, count, name);
    assert.equal(report.inventedTimestamps + report.movedTimestamps, 0, name);
    const times = (await framesOf(file)).slice(0, count);
    const { num, den } = source.video.timeBase;
    pts.forEach((tick, i) => {
      assert.ok(Math.abs((tick * num) / den - times[i]!) < 2e-6, `${name}: frame ${i}`);
    });
  }
});

/** Times of the frames, in seconds, as ffprobe decodes them. */
async function framesOf(file: string): Promise<number[]> {
  const { stdout } = await run(
    ffmpeg.ffprobe,
    [
      ...['-v', 'error', '-select_streams', 'v:0', '-show_frames', '-show_entries'],
      ...['frame=best_effort_timestamp_time', '-of', 'default=nw=1', `file:${file}`],
    ],
    {
      // The bundled ffprobe crashes in the system's character set modules, as
      // src/media/program/process.ts says.
      env: { ...process.env, GCONV_PATH: '/nonexistent' },
    },
  );
  return [...stdout.matchAll(/=(-?[\d.]+)/g)].map((match) => Number(match[1]));
}

test('what an edit list hides is not decoded', async () => {
  const long = await make('long.mp4', x264);
  const file = path.join(folder, 'edited.mp4');
  // Copied from between two key frames: the list hides what comes before.
  const words = ['-v', 'error', '-y', '-ss', '0.24', '-i', long, '-c', 'copy', file];
  await run(ffmpeg.ffmpeg, words);
  const source = await probe(ffmpeg, file);
  const { pts, md5 } = await seen(source);
  assert.deepEqual(md5, (await framemd5(file, 'yuv420p')).md5);
  assert.ok(pts.every((tick, i) => i === 0 || tick > pts[i - 1]!));
});

test('ranges, joined, are the whole; also when reading starts at a key frame', async () => {
  for (const name of ['range.mp4', 'range.mkv']) {
    const source = await probe(ffmpeg, await make(name, x264));
    const whole = await seen(source);
    const keys = (await keyframes(ffmpeg, source)).map((key) => key.pts);
    assert.ok(keys.length > 2, name);
    const joined: string[] = [];
    const cuts = [-Infinity, ...keys.slice(1), Infinity];
    for (const [i, from] of cuts.slice(0, -1).entries()) {
      const range = { from, to: cuts[i + 1]! };
      const seekTo = from === -Infinity ? {} : { seekTo: from };
      const part = await seen(source, { range, ...seekTo });
      assert.deepEqual(part.md5, (await seen(source, { range })).md5, name);
      joined.push(...part.md5);
    }
    assert.deepEqual(joined, whole.md5, name);
    const three = await seen(source, { maxFrames: 3 });
    assert.deepEqual(three.md5, whole.md5.slice(0, 3));
    assert.equal(three.report.truncated, false);
  }
});

test('a grey clip has one plane, and its values are those that were written', async () => {
  const file = await make('flat.mkv', '-vf geq=lum=X*4:cb=128:cr=128,format=gray -c:v ffv1');
  const source = await probe(ffmpeg, file);
  assert.equal(source.video.format.name, 'gray');
  const decoded = decodeFrames(ffmpeg, source);
  for await (const frame of decoded) {
    const { data, width } = planeOf(frame.data, decoded.layout, 0);
    const { md5 } = await framemd5(file, 'gray');
    assert.equal(createHash('md5').update(frame.data).digest('hex'), md5[frame.index]);
    assert.equal(data[5], data[5 + width]);
    break;
  }
});

test('a picture that changes its size is brought to the first size, and that is reported', async () => {
  const large = await make('large.ts', `${x264} -f mpegts`);
  const small = await make('small.ts', `${x264} -f mpegts`, '32x24');
  const file = path.join(folder, 'sizes.264');
  for (const [from, to] of [
    [large, 'l'],
    [small, 's'],
  ] as const) {
    const words = ['-v', 'error', '-y', '-i', from, '-c', 'copy', '-f', 'h264'];
    await run(ffmpeg.ffmpeg, [...words, path.join(folder, to)]);
  }
  const parts = ['l', 's'].map((name) => readFile(path.join(folder, name)));
  await writeFile(file, Buffer.concat(await Promise.all(parts)));
  const { md5, report } = await seen(await probe(ffmpeg, file));
  assert.equal(md5.length, 24);
  assert.deepEqual(report.sizeChanges, [{ frame: 12, width: 32, height: 24 }]);
});

test('what changes in mid-stream of samples and their shape is told with its frame', async () => {
  const join = async (name: string, codec: string, filters: readonly string[]): Promise<string> => {
    const parts: Buffer[] = [];
    for (const [i, filter] of filters.entries()) {
      const part = path.join(folder, `${i}.${name}`);
      const words = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.24', ...codec.split(' ')];
      await run(ffmpeg.ffmpeg, ['-v', 'error', '-y', ...words, '-bsf:v', filter, part]);
      parts.push(await readFile(part));
    }
    await writeFile(path.join(folder, name), Buffer.concat(parts));
    return path.join(folder, name);
  };
  const h264 = await join('forms.264', `${x264} -pix_fmt yuv420p`, [
    'h264_metadata=video_full_range_flag=0',
    'h264_metadata=video_full_range_flag=1:matrix_coefficients=1:sample_aspect_ratio=4/3',
  ]);
  const mpeg = await join('forms.m2v', '-c:v mpeg2video -aspect 4:3', ['null', 'null']);
  // A sequence header says 4:3 by 2 and 16:9 by 3, in the upper bits of its eighth byte.
  const bytes = await readFile(mpeg);
  const second = bytes.indexOf(Buffer.of(0, 0, 1, 0xb3), bytes.length / 2);
  bytes[second + 7] = (bytes[second + 7]! & 15) | 0x30;
  await writeFile(mpeg, bytes);

  const changes = async (file: string): Promise<string[]> => {
    const { pts, report } = await seen(await probe(ffmpeg, file));
    const told = report.formChanges.map(({ frame, what, to }) => `${frame} ${what} ${to}`);
    return [`${pts.length} frames`, ...told];
  };
  const ofH264 = ['12 frames', '6 range pc', '6 matrix bt709', '6 aspect 4/3'];
  assert.deepEqual(await changes(h264), ofH264);
  // ffmpeg's MPEG-2 decoder loses the frame before the change (lost-frames.ts tells of it).
  assert.deepEqual(await changes(mpeg), ['11 frames', '5 aspect 4/3']);
});

test('MPEG-2 has a pan and scan window only where it is not the whole picture', async () => {
  const words = 'mpeg2_metadata=video_format=1:colour_primaries=1';
  const whole = await make('whole.mpg', `-c:v mpeg2video -bsf:v ${words}`);
  const none = await make('none.mpg', '-c:v mpeg2video');
  const part = path.join(folder, 'part.mpg');
  // The extension's size of 64x48 becomes 32x48, in every header.
  const bytes = await readFile(whole);
  const size = Buffer.from([0, 0, 1, 0xb5, 0x23, 1]);
  for (let at = bytes.indexOf(size); at >= 0; at = bytes.indexOf(size, at + 1)) {
    bytes.set([0, 0x82], at + 8);
  }
  await writeFile(part, bytes);
  for (const [file, windows] of [
    [whole, 0],
    [none, 0],
    [part, 1],
  ] as const) {
    const { video } = await probe(ffmpeg, file);
    const found = video.sideData.filter(({ type }) => /pan.?scan/i.test(type));
    assert.equal(found.length, windows, path.basename(file));
  }
});

test('a clip that breaks off is found out, whatever the container', async () => {
  // AVI is told by counting its packets (damage.test.ts).
  const kinds = [
    ['t.mp4', `${x264} -movflags +faststart`],
    ['t.mkv', x264],
    ['t.ts', x264],
    ['t.webm', '-c:v libvpx -deadline realtime'],
    ['t.gif', '-vf format=pal8'],
    ['t.y4m', '-pix_fmt yuv420p'],
  ] as const;
  for (const [name, args] of kinds) {
    const file = await make(name, args, '64x48', 1.6);
    const whole = await seen(await probe(ffmpeg, file));
    assert.equal(whole.report.truncated, false, `${name} whole`);
    await truncate(file, Math.floor((await stat(file)).size * 0.7) | 1);
    const part = await seen(await probe(ffmpeg, file));
    assert.equal(part.report.truncated, true, `${name} cut`);
    assert.ok(part.md5.length > 0 && part.md5.length < whole.md5.length, name);
    assert.deepEqual(part.md5.slice(0, 3), whole.md5.slice(0, 3), name);
  }
});

test('leaving early, and an abort, end ffmpeg', async () => {
  const source = await probe(ffmpeg, await make('early.mkv', '-c:v ffv1', '320x240', 8));
  for await (const frame of decodeFrames(ffmpeg, source)) {
    if (frame.index === 1) break;
  }
  const stop = new AbortController();
  const decoding = (async () => {
    for await (const frame of decodeFrames(ffmpeg, source, { signal: stop.signal })) {
      if (frame.index === 2) stop.abort();
    }
  })();
  await assert.rejects(decoding, { code: 'interrupted' });
  await rename(source.path, `${source.path}.moved`);
});
