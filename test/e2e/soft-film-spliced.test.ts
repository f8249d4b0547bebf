import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { flagAsFilm } from '../../scripts/footage/soft-film.js';
import { asDecoded } from '../../src/media/decode/as-decoded.js';
import { decodeFrames } from '../../src/media/decode/decode.js';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { goThrough } from '../../src/media/scan/go-through.js';
import { lookAt } from '../../src/media/scan/look.js';
import { probe } from '../../src/media/source/probe.js';
import type { Source } from '../../src/media/source/source.js';
import { packageRoot } from '../../src/package-root.js';
import type { FrameOrigin } from '../../src/planes/frame.js';
import { checkFootage } from '../../src/upscale/footage/footage-settings.js';
import { planOfRuns } from '../../src/upscale/footage/run-choice.js';
import { enlarged, ffmpegRun } from '../support/enlarge.js';
import { probed } from '../support/probed.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
// ffmpeg loses a picture where whole frames begin or end, unless 32 divides the height.
const [width, height] = [160, 96];
const stall = { stallTimeoutMs: 60_000 };

/** A frame of video, in seconds. */
const frame = 1001 / 30_000;

/** How each part is made of 60 pictures a second, and its number of frames. */
const parts = {
  soft: { made: "select='not(mod(n,2))',settb=1001/24000,setpts=N", frames: 48 },
  video: { made: 'tinterlace=mode=interleave_top,settb=1001/30000,setpts=N', frames: 40 },
  hard: {
    made: "select='not(mod(n,2))',settb=1/24,setpts=N,telecine=first_field=top:pattern=23,settb=1001/30000,setpts=N",
    frames: 50,
  },
  whole: { made: "select='not(mod(n,2))',settb=1001/30000,setpts=N", frames: 40 },
} as const;
type Part = keyof typeof parts;

let ffmpeg: Ffmpeg;

/** Makes a part as an MPEG-2 stream of its own, of one of two scenes. */
async function makePart(part: Part, scene: number): Promise<Buffer> {
  const { made, frames } = parts[part];
  const pan = scene === 0 ? '3*n:40' : '500-2*n:200';
  const window = `scale=768:432,crop=${width}:${height}:${pan},format=yuv420p`;
  const interlaced = part === 'video' || part === 'hard';
  await ffmpegRun(
    ...['-i', path.join(packageRoot(), 'samples', 'scene.mp4'), '-an', '-vf'],
    `trim=end_frame=1,loop=120:1:0,settb=1/60,setpts=N,${window},${made},setfield=${interlaced ? 'tff' : 'prog'}`,
    ...['-r', part === 'soft' ? '24000/1001' : '30000/1001', '-frames:v', String(frames)],
    ...['-c:v', 'mpeg2video', '-q:v', '2', '-g', '12', '-bf', '2'],
    ...[...(interlaced ? ['-flags', '+ilme+ildct'] : []), file('part.m2v')],
  );
  const stream = await readFile(file('part.m2v'));
  if (part === 'soft') flagAsFilm(stream);
  return stream;
}

/** Splices parts into one stream, with sound beside it unless the stream is to stay bare. */
async function splice(sequence: readonly Part[], name: string): Promise<void> {
  const streams: Buffer[] = [];
  for (const [i, part] of sequence.entries()) streams.push(await makePart(part, i % 2));
  await writeFile(file('spliced.m2v'), Buffer.concat(streams));
  if (name === 'spliced.m2v') return;
  const seconds = sequence.reduce((sum, part) => sum + lengthOf(part), 0);
  await ffmpegRun(
    ...['-fflags', '+genpts', '-f', 'mpegvideo', '-i', file('spliced.m2v')],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
    ...['-c:v', 'copy', '-c:a', 'mp2', file(name)],
  );
}

/** Seconds that a part lasts: four soft frames are shown for as long as five others. */
function lengthOf(part: Part): number {
  return parts[part].frames * frame * (part === 'soft' ? 1.25 : 1);
}

type Picture = {
  readonly time: number;
  readonly luma: Uint8Array;
  readonly origin: FrameOrigin | undefined;
};

async function decoded(source: Source): Promise<Picture[]> {
  const { num, den } = source.video.timeBase;
  const found: Picture[] = [];
  for await (const { pts, data, origin } of decodeFrames(ffmpeg, source)) {
    found.push({ time: (pts * num) / den, luma: data.slice(0, width * height), origin });
  }
  return found;
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Whether a picture holds a frame's top field, or its bottom one, line by line. */
function holdsField(picture: Uint8Array, whole: Uint8Array, field: string): boolean {
  const line = (data: Uint8Array, row: number) => data.subarray(row * width, (row + 1) * width);
  for (let row = field === 'top' ? 0 : 1; row < height; row += 2) {
    if (!isEqual(line(picture, row), line(whole, row))) return false;
  }
  return true;
}

/**
 * Checks what becomes of a clip of those parts: each picture is of its frames, and comes at the
 * time that the file states for them, within `tick` seconds.
 */
async function check(sequence: readonly Part[], name: string, tick: number): Promise<void> {
  const source = await probe(ffmpeg, file(name));
  const frames = await decoded(source);
  const firsts = sequence.map((_, i) =>
    sequence.slice(0, i).reduce((sum, part) => sum + parts[part].frames, 0),
  );
  assert.equal(
    frames.length,
    sequence.reduce((sum, part) => sum + parts[part].frames, 0),
  );
  const found = await goThrough(ffmpeg, source, stall);
  const kindOf = { soft: 'progressive', whole: 'progressive', video: 'video', hard: 'film' };
  const expected = sequence.map((part, i) => ({ first: firsts[i]!, kind: kindOf[part] }));
  assert.deepEqual(
    found.runs.map(({ first, kind }) => ({ first, kind: kind })),
    expected.filter(({ kind }, i) => kind !== expected[i - 1]?.kind),
    name,
  );
  const settings = checkFootage({ telecine: 'auto', deinterlace: 'auto-field' });
  const runs = planOfRuns(source, found, settings);
  const made = asDecoded(source, { fields: null, crop: null, runs, denoise: null });
  const pictures = await decoded(made);
  assert.equal(pictures.length, made.video.frameCount);
  let at = 0;
  for (const [i, part] of sequence.entries()) {
    const own = frames.slice(firsts[i], firsts[i]! + parts[part].frames);
    const start = own[0]!.time;
    const before = sequence.slice(0, i).reduce((sum, each) => sum + lengthOf(each), 0);
    assert.ok(Math.abs(start - frames[0]!.time - before) < tick, `${name}: ${part} at ${start}`);
    const near = (time: number, wanted: number, number: number): void => {
      const off = Math.abs(time - wanted);
      assert.ok(off < tick, `${name}: ${part} ${number} at ${time}, not ${wanted}`);
    };
    if (part === 'hard') {
      for (let k = 0; k < (own.length * 4) / 5; k++) {
        const { time, origin } = pictures[at++]!;
        assert.equal(origin?.field, 'film');
        near(time, start + k * frame * 1.25, k);
      }
      continue;
    }
    own.forEach(({ luma, time }, k) => {
      // What a picture's flags say: it is shown for three fields, or for two.
      const usual = part === 'soft' ? k * 1.25 + (k % 2) * 0.25 : k;
      near(time, start + usual * frame, k);
      if (part !== 'video') {
        const picture = pictures[at++]!;
        assert.equal(picture.time, time);
        assert.ok(isEqual(picture.luma, luma), `${name}: ${part} ${k} is another`);
        return;
      }
      for (const [half, field] of ['top', 'bottom'].entries()) {
        const picture = pictures[at++]!;
        near(picture.time, time + (half * frame) / 2, k);
        assert.ok(holdsField(picture.luma, luma, field), `${name}: ${field} ${k} is another`);
      }
    });
  }
  assert.equal(at, pictures.length);
}

before(async () => {
  ffmpeg = await locateFfmpeg();
});

/** Every kind of neighbour, before and after. */
const sequence = ['whole', 'soft', 'video', 'soft', 'hard', 'soft', 'whole'] as const;

test('film with flags to repeat fields stands beside all kinds, each frame and time as stored', async () => {
  for (const [name, tick] of [
    ['clip.ts', 4e-5],
    ['clip.mkv', 1.6e-3],
    ['clip.vob', 4e-5],
    ['spliced.m2v', 4e-5],
  ] as const) {
    await splice(sequence, name);
    await check(sequence, name, tick);
  }
});

test('a place says what it is, and sound stays beside the pictures', async () => {
  await splice(['soft', 'video', 'soft', 'hard'], 'sound.ts');
  const scan = await lookAt(ffmpeg, await probe(ffmpeg, file('sound.ts')), stall);
  assert.equal(scan.kind, 'mixed');
  assert.equal(scan.order, 'top');
  const output = await enlarged(file('sound.ts'), {
    ...{ model: 'espcn-16-lite-x2', precision: 'fp32', preset: 'ultrafast', log: false },
    ...{ telecine: 'auto', deinterlace: 'field', output: file('sound.x2.mkv') },
  });
  /** Seconds from the first sound to the first picture. */
  const offset = async (name: string): Promise<number> => {
    const words = await probed(name, 'packet=codec_type,pts_time');
    const first = (type: string): number => {
      const times = words.filter((_, i) => words[i - 1] === type).map(Number);
      return Math.min(...times.filter(Number.isFinite));
    };
    return first('video') - first('audio');
  };
  const [had, has] = [await offset(file('sound.ts')), await offset(output)];
  assert.ok(Math.abs(had - has) < 1.1e-3, `sound comes ${had} s after, now ${has}`);
});
