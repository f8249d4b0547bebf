import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { VsrError, messageOf } from '../errors.js';
import { colourBox, colourFlags } from './colour-flags.js';
import { buildArguments } from './command.js';
import { containerOfMuxer } from './containers.js';
import { alphaTag, intermediateMuxer } from './encode.js';
import type { Ffmpeg } from './ffmpeg.js';
import { fragmentedStream, joinVideo, type JoinedVideo } from './join.js';
import { matroskaStream } from './matroska-join.js';
import { refineMovieClock, type TrackTimes } from './movie-clock.js';
import type { OutputPlan, Trim } from './output-plan.js';
import { startProcess, throwIfAborted, type ProcessEnd } from './process.js';
import type { Source, StreamInfo } from './source.js';

export type RemuxOptions = {
  /** Default: the plan's. */
  readonly trim?: Trim | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the share done, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
};

/** One stream of the output, in its order. */
type OutputStream = { readonly stream: StreamInfo; readonly encoder: string | null };

function outputStreams(source: Source, plan: OutputPlan): OutputStream[] {
  return plan.streams.flatMap(({ index, action, codec }) => {
    const stream = source.streams.find((each) => each.index === index);
    if (stream === undefined || action === 'drop' || action === 'attach') return [];
    return [{ stream, encoder: action === 'convert' ? codec! : null }];
  });
}

/** Words for the `place`th stream of the output. */
function streamWords({ stream, encoder }: OutputStream, place: number, isVideo: boolean): string[] {
  const dispositions = stream.dispositions.length === 0 ? '0' : stream.dispositions.join('+');
  return [
    ...['-map', isVideo ? '0:v:0' : `1:${stream.index}`],
    ...[`-c:${place}`, encoder ?? 'copy', `-disposition:${place}`, dispositions],
    ...[`-map_metadata:s:${place}`, `1:s:${stream.index}`],
  ];
}

/** Options of the muxer that keep times as they are. */
function muxerWords(plan: OutputPlan): string[] {
  switch (containerOfMuxer(plan.container).ticks) {
    case 'own':
      return [
        ...['-video_track_timescale', String(plan.timeBase.den)],
        ...['-movflags', '+faststart', ...colourBox(plan.colour)],
        ...['-avoid_negative_ts', 'disabled'],
      ];
    case 'mpeg':
      return ['-mpegts_copyts', '1', '-muxdelay', '0', '-muxpreload', '0'];
    default:
      return ['-avoid_negative_ts', 'disabled'];
  }
}

/** The demuxer that reads the joined video. */
const joinedFormat = (plan: OutputPlan): string =>
  intermediateMuxer(plan) === 'matroska' ? 'matroska' : 'mov';

async function remuxArguments(source: Source, plan: OutputPlan, output: string): Promise<string[]> {
  const streams = outputStreams(source, plan);
  return buildArguments({
    options: ['-loglevel', 'level+warning', '-copyts'],
    inputs: [{ path: 'pipe:0', format: joinedFormat(plan) }, { path: source.path }],
    outputs: [
      {
        path: output,
        format: plan.container,
        options: [
          ...streams.flatMap((each, place) =>
            streamWords(each, place, each.stream.index === source.video.index),
          ),
          ...['-map_metadata', '1', '-map_chapters', '1', '-max_muxing_queue_size', '4096'],
          ...colourFlags(plan.colour).map((word) => (word.startsWith('-') ? `${word}:v:0` : word)),
          ...alphaTag(plan),
          ...muxerWords(plan),
        ],
      },
    ],
  });
}

function remuxFailed(plan: OutputPlan, end: ProcessEnd): VsrError {
  const lines = end.stderrTail.filter((line) => /\[(?:error|fatal|panic)\]/.test(line));
  const said = (lines.length > 0 ? lines : end.stderrTail).slice(-3).join(' | ');
  const { title } = containerOfMuxer(plan.container);
  if (/No space left on device/i.test(said)) {
    return new VsrError(
      'disk',
      'The disk is full: the finished clip could not be written. Free some space and run the same command again.',
    );
  }
  return new VsrError('media', `Writing the ${title} file failed: ${said}`);
}

/**
 * Joins the enlarged video, encoded in `videoFiles` one after the other, with everything else of the
 * source as the plan says, into `output`. Packets are copied as they are and keep their times.
 */
export async function remux(
  ffmpeg: Ffmpeg,
  source: Source,
  plan: OutputPlan,
  videoFiles: readonly string[],
  output: string,
  options: RemuxOptions = {},
): Promise<void> {
  const { bytes, times } = await joined(source, plan, videoFiles);
  const args = await remuxArguments(source, plan, output);
  const child = startProcess(ffmpeg.ffmpeg, args, { stdin: 'pipe', signal: options.signal });
  child.stdout.resume();
  const failed: { error: Error | null } = { error: null };
  const feed = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes;
    } catch (error) {
      failed.error = error instanceof Error ? error : new Error(messageOf(error));
      throw error;
    }
  };
  // ffmpeg that ends early breaks the pipe; what it said is the better message.
  await pipeline(Readable.from(feed()), child.stdin!).catch(() => {});
  const end = await child.done;
  throwIfAborted(options.signal);
  if (failed.error !== null) throw failed.error;
  if (end.code !== 0) throw remuxFailed(plan, end);
  if (containerOfMuxer(plan.container).ticks === 'own') await refineMovieClock(output, times);
}

/** The enlarged video as one stream for ffmpeg, and what is known of the tracks' times. */
async function joined(
  source: Source,
  plan: OutputPlan,
  videoFiles: readonly string[],
): Promise<{ bytes: AsyncIterable<Uint8Array>; times: Map<number, TrackTimes> }> {
  if (intermediateMuxer(plan) === 'matroska') {
    return { bytes: matroskaStream(videoFiles), times: new Map() };
  }
  const video = await joinVideo(videoFiles, (read) => lastFrameSeconds(source, plan, read));
  const { codedWidth: width, codedHeight: height, rotation } = plan;
  return {
    bytes: fragmentedStream(video, { width, height, rotation }),
    times: trackTimes(source, plan, video),
  };
}

/** Times of the tracks that are known, by their place in the file. */
function trackTimes(source: Source, plan: OutputPlan, video: JoinedVideo): Map<number, TrackTimes> {
  const times = new Map<number, TrackTimes>();
  // Cover art is no track.
  const tracks = outputStreams(source, plan).filter(
    ({ stream }) => !stream.dispositions.includes('attached_pic'),
  );
  tracks.forEach(({ stream, encoder }, place) => {
    if (stream.index === source.video.index) {
      const { presentationTimes, decodeTimes, lastDuration } = video;
      const start = presentationTimes.reduce((a, b) => Math.min(a, b), Infinity);
      const duration = decodeTimes.at(-1)! + lastDuration - decodeTimes[0]!;
      times.set(place, { start, duration });
    } else if (stream.kind === 'audio' && encoder === null && stream.sampleRate !== null) {
      // An audio track's ticks are its samples.
      if (stream.startTime !== null) {
        times.set(place, {
          start: Math.round(stream.startTime * stream.sampleRate),
          duration: null,
        });
      }
    }
  });
  return times;
}

/**
 * How long the last frame is shown, in seconds, by the length that the source states; `null` where
 * it does not, or where not all of it is there.
 */
function lastFrameSeconds(
  source: Source,
  plan: OutputPlan,
  video: Pick<JoinedVideo, 'presentationTimes' | 'timeScale'>,
): number | null {
  const { duration, frameCount } = source.video;
  const count = video.presentationTimes.length;
  if (duration === null || plan.trim !== null || (frameCount ?? count) !== count) return null;
  const sorted = Float64Array.from(video.presentationTimes).sort();
  const rest = duration - (sorted[count - 1]! - sorted[0]!) / video.timeScale;
  return rest > 0 && rest <= longestLastFrame ? rest : null;
}

/** Seconds; a longer one is a container's mistake. */
const longestLastFrame = 10;
