import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { markBoxes } from '../../src/media/marks/mark-boxes.js';
import { box, boxesIn, findBox, words, type Box } from '../../src/media/marks/mp4-boxes.js';
import type { SideData } from '../../src/media/marks/side-data.js';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { probe } from '../../src/media/source/probe.js';
import { planeOf } from '../../src/planes/frame.js';
import { bitsPerPixel } from '../../src/media/compression/compression.js';
import { enlarge, enlarged, ffmpegRun } from '../support/enlarge.js';
import { probed } from '../support/probed.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let ffmpeg: Ffmpeg;

before(async () => {
  ffmpeg = await locateFfmpeg();
});

const file = (name: string): string => path.join(folder, name);
const small = { model: 'espcn-16-lite-x2', preset: 'ultrafast', log: false } as const;

/** Why a job was refused or what it announced, in one text. */
async function said(input: string, options: Parameters<typeof enlarge>[1]): Promise<string> {
  const outcome = await enlarge(input, { ...small, ...options });
  if (outcome.status === 'failed') return outcome.error.message;
  const missing = outcome.status === 'done' ? outcome.summary.missing : [];
  return missing.map((each) => `${each.what}: ${each.why} ${each.advice ?? ''}`).join('\n');
}

test('white stays white in every depth of RGB', async () => {
  const whites = [
    ...[
      ['rgb555le', 'ff7f'],
      ['bgr555le', 'ff7f'],
      ['rgb565le', 'ffff'],
      ['bgr565be', 'ffff'],
    ],
    ...[
      ['rgb444le', 'ff0f'],
      ['rgb8', 'ff'],
      ['bgr8', 'ff'],
      ['bgr4_byte', '0f'],
      ['rgb24', 'ff'],
    ],
  ] as [string, string][];
  for (const [format, white] of whites) {
    const bytes = Buffer.from(white.repeat(16 * 16 * (format === 'rgb24' ? 3 : 1)), 'hex');
    await writeFile(file('white.raw'), bytes);
    const name = file(`white-${format}.nut`);
    const raw = ['-f', 'rawvideo', '-pix_fmt', format, '-s', '16x16', '-i', file('white.raw')];
    await ffmpegRun(...raw, '-c:v', 'rawvideo', name);
    const source = await probe(ffmpeg, name);
    assert.equal(source.video.sourceFormat, format);
    const decoded = decodeFrames(ffmpeg, source);
    for await (const frame of decoded) {
      const { data } = planeOf(frame.data, decoded.layout, 0);
      assert.ok(
        data.every((y) => y === 235),
        `${format}: white is ${data[0]}`,
      );
    }
  }
});

test('the rate of a clip does not hold when it starts', async () => {
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc=s=160x120:r=25:d=1', '-c:v', 'libx264', file('zero.mkv')],
  );
  await ffmpegRun(
    ...['-itsoffset', '600', '-i', file('zero.mkv'), '-c', 'copy'],
    ...['-avoid_negative_ts', 'disabled', file('late.mkv')],
  );
  const [zero, late] = [
    await probe(ffmpeg, file('zero.mkv')),
    await probe(ffmpeg, file('late.mkv')),
  ];
  assert.ok(late.startTime > 599);
  assert.ok(Math.abs(bitsPerPixel(late)! / bitsPerPixel(zero)! - 1) < 0.05);
  assert.ok(Math.abs(late.duration! - zero.duration!) < 0.05);
});

test('an animated PNG keeps its frames, whatever its name', async () => {
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc=s=32x24:r=5:d=0.6', '-f', 'apng', '-plays', '0'],
    file('moving.png'),
  );
  const output = await enlarged(file('moving.png'), { ...small, output: file('moving.mkv') });
  assert.deepEqual(await probed(output, 'packet=pts_time'), ['0.000000', '0.200000', '0.400000']);
});

// Matroska holds no length of the last picture itself, and readers guess one from the others: the
// length of the whole counts.
test('slides and fine ticks in Matroska last as long as they do in the source', async () => {
  const bundled = (await import('@ffmpeg-installer/ffmpeg')).default.path;
  const slides = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.12', '-vf', 'setpts=N*3/TB'];
  await ffmpegRun(...slides, '-vsync', 'vfr', '-c:v', 'libx264', '-bf', '2', file('slides.mkv'));
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.2', '-c:v', 'libx264'],
    ...['-video_track_timescale', '90000', file('fine.mp4')],
  );
  for (const name of ['slides.mkv', 'fine.mp4']) {
    const before = Number((await probed(file(name), 'format=duration'))[0]);
    for (const program of [bundled, ffmpeg.ffmpeg]) {
      const output = file('slides.x2.mkv');
      const options = { ...small, output, ffmpeg: program, restart: true, overwrite: true };
      assert.doesNotMatch(await said(file(name), options), /length of the video/);
      const after = Number((await probed(output, 'format=duration'))[0]);
      assert.ok(
        Math.abs(before - after) < 0.01,
        `${name}: ${after} s, not ${before}, by ${program}`,
      );
      await rm(output);
    }
  }
});

test('soft telecine comes at its true rate', async () => {
  // Each picture's header is marked as a film's: three fields, then two.
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=30000/1001:d=0.4'],
    ...['-c:v', 'mpeg2video', '-bf', '0', '-g', '1', file('film.m2v')],
  );
  const bytes = await readFile(file('film.m2v'));
  let pictures = 0;
  for (let at = 0; (at = bytes.indexOf('000001b5', at + 1, 'hex')) >= 0;) {
    // Each sequence is one of fields, not of whole frames.
    if (bytes[at + 4]! >> 4 === 1) bytes[at + 5] = bytes[at + 5]! & ~0x08;
  }
  for (let at = next(bytes, -4); at >= 0; at = next(bytes, at)) {
    // Picture coding extension: top field first and repeat first field are bits of its 4th byte.
    bytes[at + 7] = (bytes[at + 7]! & ~0x82) | (pictures % 2 === 0 ? 0x82 : 0x00);
    bytes[at + 8] = bytes[at + 8]! | 0x80;
    pictures++;
  }
  await writeFile(file('film.m2v'), bytes);
  const { video } = await probe(ffmpeg, file('film.m2v'));
  assert.deepEqual(video.frameRate, { num: 24000, den: 1001 });
});

/** The next picture coding extension after `at`. */
function next(bytes: Buffer, at: number): number {
  for (let i = bytes.indexOf('000001b5', at + 4, 'hex'); i >= 0;) {
    if (bytes[i + 4]! >> 4 === 8) return i;
    i = bytes.indexOf('000001b5', i + 4, 'hex');
  }
  return -1;
}

test('--ffmpeg-args takes options of the encoder and refuses what changes more, by name', async () => {
  await ffmpegRun('-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.2', file('plain.mp4'));
  const refused = async (...ffmpegArgs: string[]): Promise<string> =>
    said(file('plain.mp4'), { ffmpegArgs, output: file('never.mp4') });
  assert.match(await refused('-vf', 'hflip'), /"-vf": it changes the picture/);
  assert.match(await refused('-c:v', 'libx265'), /"-c:v": it chooses a codec \(--codec does\)/);
  assert.match(await refused('-map', '0:a'), /"-map": it chooses streams/);
  assert.match(await refused('-f', 'avi'), /"-f": it changes files/);
  assert.match(await refused('-r', '5'), /"-r": it changes times/);
  assert.match(await refused('other.mp4'), /"other.mp4": it would be the name of another output/);
  assert.match(await refused('-passlogfile', 'x'), /it names a file to write/);
  assert.match(await refused('-tune'), /its value is missing/);
  const output = await enlarged(file('plain.mp4'), {
    ...{
      ...small,
      output: file('tuned.mp4'),
      ffmpegArgs: ['-tune', 'film', '-x264-params', 'keyint=7'],
    },
  });
  assert.match((await readFile(output)).toString('latin1'), /keyint=7 /);
});

test('sound that starts late is not put into AVI, which would start it at once', async () => {
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.8', '-itsoffset', '0.4', '-f', 'lavfi'],
    ...['-i', 'sine=d=0.4', '-c:v', 'libx264', '-c:a', 'aac', file('late-sound.mkv')],
  );
  const refused = await said(file('late-sound.mkv'), { output: file('late-sound.avi') });
  assert.match(
    refused,
    /audio stream 1 \(aac\) .* after the video .*Name an output ending in \.mp4/,
  );
  assert.equal(
    (await enlarge(file('late-sound.mkv'), { ...small, output: file('l.mkv') })).status,
    'done',
  );
});

test('stereo pictures stay marked as such, and what is not kept is named', async () => {
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.2', '-c:v', 'libx264'],
    ...['-x264-params', 'frame-packing=3', file('stereo.mp4')],
  );
  const sphere: SideData = {
    ...{ type: 'Spherical Mapping', form: null, inverted: false },
    sphere: { projection: 'cubemap', pose: [10.5, -20, 0], padding: 2, outside: [0, 0, 0, 0] },
  };
  const views: SideData = { type: 'Stereo 3D', form: 'side by side', inverted: false };
  const strange = [box('clap', words(60, 1, 40, 1, 1, 1, 0, 1)), box('qqqq', words(1))];
  const added = Buffer.concat([markBoxes([views, sphere], 1), ...strange]);
  const bytes = await readFile(file('stereo.mp4'));
  await writeFile(file('stereo.mp4'), intoDescription(bytes, 'avc1', added));
  const marked = ['cubemap', '2', '10'];
  const entries = 'stream_side_data=projection,padding,yaw';
  assert.deepEqual(await probed(file('stereo.mp4'), entries), marked, 'the source has no marks');

  for (const [name, codec] of [
    ['stereo.x2.mp4', 'h264'],
    ['stereo.x2.mkv', 'hevc'],
  ] as const) {
    const told = await said(file('stereo.mp4'), { output: file(name), codec });
    assert.doesNotMatch(told, /stereo|spherical/);
    assert.match(told, /they show 60x40 at 3,4 --crop 60:40:3:4 enlarges that part/);
    assert.match(told, /the box "qqqq" \(unknown side data of the video\)/);
    // A cube's padding grows along with the picture.
    assert.deepEqual(await probed(file(name), entries), ['cubemap', '4', '10']);
    const { sideData } = (await probe(ffmpeg, file(name))).video;
    assert.equal(sideData.find(({ type }) => type === 'Stereo 3D')?.form, 'side by side');
    const read = sideData.find(({ type }) => type === 'Spherical Mapping')?.sphere;
    assert.deepEqual(read?.pose, [10.5, -20, 0]);
  }
});

/** `bytes` of an MP4 whose tables come last, with `added` at the end of its `type` description. */
function intoDescription(bytes: Buffer, type: string, added: Buffer): Buffer {
  let root: Box | null = null;
  const grown = Buffer.from(bytes);
  const grow = ({ start }: Box): void => {
    grown.writeUInt32BE(grown.readUInt32BE(start) + added.length, start);
  };
  for (const name of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd']) {
    root = findBox(bytes, root, name)!;
    grow(root);
  }
  const entry = boxesIn(bytes, root!.body + 8, root!.end).find((each) => each.type === type)!;
  grow(entry);
  return Buffer.concat([grown.subarray(0, entry.end), added, grown.subarray(entry.end)]);
}

test('recordings joined with a jump in time are refused before the start', async () => {
  const part = (name: string, offset: string): Promise<string> =>
    ffmpegRun(
      ...['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=0.4', '-c:v', 'libx264'],
      ...['-output_ts_offset', offset, '-f', 'mpegts', file(name)],
    );
  await part('one.ts', '100');
  await part('two.ts', '5000');
  const bytes = [await readFile(file('one.ts')), await readFile(file('two.ts'))];
  await writeFile(file('joined.ts'), Buffer.concat(bytes));
  assert.match(
    await said(file('joined.ts'), { output: file('joined.mp4') }),
    /jump by 4899\.\d s after the first 0\.\d s: recordings were joined/,
  );
  const plain = await enlarge(file('one.ts'), { ...small, output: file('one.mp4') });
  assert.equal(plain.status, 'done');
});
