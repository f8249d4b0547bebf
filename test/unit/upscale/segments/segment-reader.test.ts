import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { before, test } from 'node:test';
import { locateFfmpeg } from '../../../../src/media/program/ffmpeg.js';
import { decodeFrames } from '../../../../src/media/decode/decode.js';
import { PauseControl } from '../../../../src/pause-control.js';
import type { Frame } from '../../../../src/planes/frame.js';
import { openJob } from '../../../../src/upscale/open-job.js';
import { cutClip } from '../../../../src/upscale/segments/cut-clip.js';
import type { JobContext } from '../../../../src/upscale/segments/job-context.js';
import type { Segment } from '../../../../src/upscale/segments/segment-plan.js';
import { SegmentReader } from '../../../../src/upscale/segments/segment-reader.js';
import { ffmpegRun } from '../../../support/enlarge.js';
import { planOf } from '../../../support/plan-of.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const seen = ({ pts, data }: Frame): string =>
  `${pts} ${createHash('sha256').update(data).digest('hex').slice(0, 8)}`;

const clip = path.join(temporaryFolder(), 'clip.mp4');
let job: JobContext;
let segments: readonly Segment[];
/** Every frame of the clip, as one decoder gives them. */
const whole: string[] = [];

before(async () => {
  const scene = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=10:d=5'];
  await ffmpegRun(...scene, '-c:v', 'libx264', '-g', '10', '-pix_fmt', 'yuv420p', clip);
  const ffmpeg = await locateFfmpeg();
  const plan = await planOf(clip, { segmentSeconds: 1 });
  const { signal } = new AbortController();
  job = await openJob({ ffmpeg, signal, pause: new PauseControl(), onProgress: () => {} }, plan);
  segments = await cutClip(job);
  for await (const frame of decodeFrames(ffmpeg, plan.source)) whole.push(seen(frame));
});

/** Ten frames, those of a segment; the last one has twice as many, being too short to cut. */
const framesOf = (number: number): string[] =>
  whole.slice(10 * number, number === segments.length - 1 ? undefined : 10 * number + 10);

async function read(reader: SegmentReader, segment: Segment, most = Infinity) {
  const opened = await reader.open(segment, most);
  const own: string[] = [];
  for await (const frame of opened.frames) own.push(seen(frame));
  const after = async (count: number) => (await opened.after(count)).map(seen);
  return { follows: opened.follows, lead: opened.lead.map(seen), own, after };
}

test('segments read one after the other are what one decoder gives', async () => {
  assert.equal(segments.length, 4, JSON.stringify(segments));
  await using reader = new SegmentReader(job);
  for (const [i, segment] of segments.entries()) {
    const { follows, lead, own } = await read(reader, segment);
    assert.deepEqual(own, framesOf(i));
    assert.deepEqual([follows, lead], [i > 0, []]);
    assert.deepEqual(reader.report().damagedFrames, []);
    assert.equal(reader.report().truncated, false);
  }
});

test('a segment in the middle is the same where reading begins with it, with what comes before', async () => {
  await using reader = new SegmentReader(job);
  const { follows, lead, own } = await read(reader, segments[2]!);
  assert.deepEqual([follows, lead, own], [false, whole.slice(18, 20), framesOf(2)]);
  // Back again, which no decoder can go.
  const back = await read(reader, segments[1]!);
  assert.deepEqual([back.follows, back.lead, back.own], [false, whole.slice(8, 10), framesOf(1)]);
});

test('frames after a segment are looked at early and stay with their own', async () => {
  await using reader = new SegmentReader(job);
  const first = await read(reader, segments[0]!);
  assert.deepEqual(await first.after(2), framesOf(1).slice(0, 2));
  const second = await read(reader, segments[1]!);
  assert.deepEqual(second.own, framesOf(1));
  await read(reader, segments[2]!);
  const last = await read(reader, segments[3]!);
  assert.deepEqual(await last.after(2), [], 'nothing comes after the last');
});

test('a segment whose place to seek to is wrong is read from the beginning', async () => {
  await using reader = new SegmentReader(job);
  const { from, to } = segments[2]!;
  const { own, lead } = await read(reader, { number: 2, from, to, seekTo: to });
  assert.deepEqual([lead, own], [whole.slice(18, 20), framesOf(2)]);
});

test('no more frames are read than are wanted; a decoder can start before them', async () => {
  await using reader = new SegmentReader(job);
  reader.prepare(segments[1]!, 4);
  const { own } = await read(reader, segments[1]!, 4);
  assert.deepEqual(own, framesOf(1).slice(0, 4));
});
