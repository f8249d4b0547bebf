import { VsrError } from '../../errors.js';
import type { Ratio } from '../../planes/ratio.js';
import { sourceCensus, type SourceCensus } from '../damage/source-census.js';
import type { StreamTally } from '../damage/stream-tally.js';
import { containerOfMuxer } from '../formats/containers.js';
import { expectedSideData } from '../output/side-data-losses.js';
import type { Announcement, OutputPlan } from '../output/output-plan.js';
import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { defaultStallMs, runProcess } from '../program/process.js';
import type { Source } from '../source/source.js';
import { differences, videoStretch, type HeldClock } from './held-streams.js';
import { readHeader, type HeaderStream, type OutputHeader } from './output-header.js';
import { outputStreams, type Cut, type OutputStream } from './remux-command.js';

/** What a finished file must hold. */
export type ExpectedOutput = {
  readonly source: Source;
  /** The counted packets of the source. */
  readonly census: SourceCensus;
  readonly plan: OutputPlan;
  /** Number of frames of the enlarged video. */
  readonly frames: number;
  /** When the first of them is shown, in seconds on the source's clock. */
  readonly firstFrame: number;
  /** The part of the source that was taken; `null` for all of it. */
  readonly cut: Cut;
  /**
   * Milliseconds without progress after which ffprobe counts as hanging. Default: `defaultStallMs`.
   */
  readonly stallTimeoutMs?: number;
};

/**
 * Reads the finished file and compares it with the source and the plan. Throws `VsrError('media')`
 * if the video's frame count, size, codec, aspect ratio or display matrix differ, or if a kept
 * stream lacks packets or starts at another time beside the video. Returns announcements of smaller
 * differences: the duration of the last picture, the rate in the header, side data.
 */
export async function verifyOutput(
  ffmpeg: Ffmpeg,
  output: string,
  expected: ExpectedOutput,
): Promise<readonly Announcement[]> {
  const { source, plan, frames, stallTimeoutMs = defaultStallMs } = expected;
  const container = containerOfMuxer(plan.container);
  const sideData = expectedSideData(source.video, { ...plan, container });
  const header = await readHeader(ffmpeg, output, { frames: sideData.length > 0, stallTimeoutMs });
  if (header === null) {
    await verifyByCopy(ffmpeg, output, frames);
    return [];
  }
  const streams = outputStreams(source, plan);
  const place = streams.findIndex(({ stream }) => stream.index === source.video.index);
  const video = header.streams[place];
  if (video?.kind !== 'video') throw mismatch('a video stream,', 'one', 'none');
  checkPicture(video, plan);
  const kept = plan.streams.filter(({ action }) => action !== 'drop').length;
  if (header.streams.length < kept) {
    throw mismatch('this many streams:', kept, header.streams.length);
  }
  const written = await countWritten(ffmpeg, output, header, stallTimeoutMs);
  const tally = written.get(video.index);
  if (tally?.packets !== frames) throw mismatch('a frame count of', frames, tally?.packets ?? 0);
  checkStreams(streams, header, written, tally, expected);
  return [
    ...timeNotes(expected, video, tally),
    ...sideData.filter((type) => !video.sideData.includes(type)).map(lostSideData),
  ];
}

/** Counts the packets of every stream of the output. */
async function countWritten(
  ffmpeg: Ffmpeg,
  output: string,
  { container, streams }: OutputHeader,
  stallTimeoutMs: number,
): Promise<ReadonlyMap<number, StreamTally>> {
  const file = { path: output, container, raw: null, streams, video: { codec: '' } };
  const all = new Set(streams.map(({ index }) => index));
  const options = { decodeSound: false, stallTimeoutMs };
  return (await sourceCensus(ffmpeg, file, all, options)).streams;
}

/** Whether two ratios are equal but for the share `within`; `null` counts as 1. */
const isNear = (a: Ratio | null, b: Ratio | null, within: number): boolean => {
  const [x, y] = [a, b].map((ratio) => (ratio === null ? 1 : ratio.num / ratio.den));
  return Math.abs(x! / y! - 1) <= within;
};

const ratioWords = (ratio: Ratio | null): string =>
  ratio === null ? 'none' : `${ratio.num}/${ratio.den}`;

function checkPicture(video: HeaderStream, plan: OutputPlan): void {
  const size = `${video.width}x${video.height}`;
  const wanted = `${plan.codedWidth}x${plan.codedHeight}`;
  if (size !== wanted) throw mismatch('a picture of', wanted, size);
  if (video.codec !== plan.codec) throw mismatch('the codec', plan.codec, video.codec);
  // Containers that store a display size instead of the ratio round it.
  if (!isNear(video.sampleAspect, plan.sampleAspect, 0.01)) {
    const [want, came] = [plan.sampleAspect, video.sampleAspect].map(ratioWords);
    throw mismatch('the sample aspect ratio', want, came);
  }
  if (String(video.matrix) !== String(plan.matrix)) {
    throw mismatch('the display matrix', plan.matrix ?? 'none', video.matrix ?? 'none');
  }
}

/** Compares every kept stream with the source. Throws `VsrError('media')` where one differs. */
function checkStreams(
  streams: readonly OutputStream[],
  header: OutputHeader,
  written: ReadonlyMap<number, StreamTally>,
  video: StreamTally,
  { source, census, plan, firstFrame, cut }: ExpectedOutput,
): void {
  const shift = (video.first ?? firstFrame) - firstFrame;
  const clock: HeldClock = {
    container: containerOfMuxer(plan.container),
    shift,
    window:
      cut === null
        ? null
        : { from: cut.shift === 0 ? -Infinity : cut.shift, to: cut.end + cut.shift },
  };
  const found = streams.flatMap(({ stream, encoder }, place) => {
    const { index, timeBase } = stream;
    const had = census.streams.get(index);
    const to = header.streams[place];
    const has = to === undefined ? undefined : written.get(to.index);
    if (index === source.video.index || had === undefined || has === undefined) return [];
    const ticks = [timeBase, to?.timeBase].map((each) =>
      each == null ? 0.001 : each.num / each.den,
    );
    const held = { stream, had, has, encoder, tick: Math.max(...ticks) };
    return differences(held, clock).map((words) => `${stream.kind} stream ${index}: ${words}`);
  });
  if (found.length === 0) return;
  throw new VsrError(
    'media',
    `The finished file is not whole, and was not given its name: ${found.join('; ')}. Another container (-o) or another ffmpeg (--ffmpeg) may keep it: the enlarged frames are kept for that.`,
  );
}

/**
 * The share by which two rates may differ and still count as the same: a long last frame lowers the
 * mean rate.
 */
const sameRate = 0.05;

/** Announces where the output states other times for the video than the source. */
function timeNotes(
  { source, census, plan, cut }: ExpectedOutput,
  header: HeaderStream,
  video: StreamTally,
): Announcement[] {
  const notes: Announcement[] = [];
  const had = census.streams.get(source.video.index);
  const { times, timeBase } = source.video;
  if (had === undefined || times !== 'stream' || cut !== null) return notes;
  const tick = Math.max(
    ...[timeBase, header.timeBase ?? timeBase].map(({ num, den }) => num / den),
  );
  const stretch = videoStretch(had, video, tick);
  // Where the container stores no durations of frames, readers guess that of the last one; then the
  // durations in the headers are compared.
  const [before, after] = [source.video.duration, header.duration];
  const isAsLong = before !== null && after !== null && Math.abs(after - before) <= 2 * tick;
  if (stretch !== 0 && !isAsLong) {
    notes.push({
      ...{ kind: 'note', what: 'length of the video' },
      why: `it is ${Math.abs(stretch).toFixed(3)} s ${stretch > 0 ? 'longer' : 'shorter'} than in the source: how long its last picture stands is not kept`,
    });
  }
  const { frameRate } = plan;
  const [told, shown] = [header.frameRate, (video.reached ?? 0) - (video.first ?? 0)];
  const isSteady =
    frameRate !== null && isNear({ num: video.packets, den: shown }, frameRate, sameRate);
  if (isSteady && told !== null && !isNear(told, frameRate, sameRate)) {
    notes.push({
      ...{ kind: 'note', what: 'frame rate' },
      why: `the header of the output says ${ratioWords(told)} where the source says ${ratioWords(frameRate)}; every frame has its time all the same`,
    });
  }
  return notes;
}

const lostSideData = (type: string): Announcement => ({
  ...{ kind: 'missing', what: `${type} of the video` },
  why: 'the encoder was given it, but the output does not say it',
});

/** Checks the number of video packets by letting ffmpeg copy them, where ffprobe crashes. */
async function verifyByCopy(ffmpeg: Ffmpeg, output: string, frames: number): Promise<void> {
  const args = buildArguments({
    options: ['-loglevel', 'error'],
    inputs: [{ path: output }],
    outputs: [
      { path: 'pipe:1', format: 'framecrc', options: ['-map', '0:v:0', '-c', 'copy', '-copyts'] },
    ],
  });
  const { stdout } = await runProcess(ffmpeg.ffmpeg, args);
  const packets = stdout.split('\n').filter((line) => /^\d/.test(line)).length;
  if (packets !== frames) throw mismatch('a frame count of', frames, packets);
}

function mismatch(what: string, expected: unknown, came: unknown): VsrError {
  return new VsrError(
    'media',
    `Expected the finished file to have ${what} ${String(expected)} but it has ${String(came)}. Please report this with the command and the clip.`,
  );
}
