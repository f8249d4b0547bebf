import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VsrError, messageOf } from '../../errors.js';
import { containerOfMuxer } from '../formats/containers.js';
import { intermediateMuxer } from '../encode/encode-command.js';
import { setsDurations } from '../program/capabilities.js';
import { diskTrouble, sentenceStart } from '../program/disk-words.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { SourceCensus } from '../damage/source-census.js';
import { findExtras, lateLosses } from './extras.js';
import { joinComplaints } from './join-complaints.js';
import { fragmentedStream, joinVideo, type JoinedVideo } from './join.js';
import { markBoxes } from '../marks/mark-boxes.js';
import { matroskaStream } from './matroska-join.js';
import { refineMovieClock, type TrackTimes } from './movie-clock.js';
import type { Announcement, OutputPlan } from '../output/output-plan.js';
import { keptMarks } from '../output/side-data-losses.js';
import { startProcess, throwIfAborted, type ProcessEnd } from '../program/process.js';
import { wrongTagWords } from '../output/muxer-trial.js';
import { outputStreams, remuxArguments, type Cut } from './remux-command.js';
import { readNote } from '../encode/segment-file.js';
import type { Source } from '../source/source.js';

export type RemuxOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without progress after which ffmpeg counts as hanging. Default: never. */
  readonly stallTimeoutMs?: number | undefined;
  /** Takes what can be read of a source that cannot be read to its end. Default: false. */
  readonly allowDamaged?: boolean | undefined;
  /** The packets of the source, and what ffmpeg has already complained about while reading them. */
  readonly census: SourceCensus;
};

/** The result of joining, beside the file itself. */
export type Remuxed = {
  /** Announcements of what could not be kept after all. */
  readonly late: readonly Announcement[];
  /** The part of the source that it holds. */
  readonly cut: Cut;
};

function remuxFailed(source: Source, plan: OutputPlan, end: ProcessEnd): VsrError {
  const trouble = diskTrouble(end.stderrTail);
  if (trouble !== null) {
    // If ffmpeg had trouble with reading, its message begins with the name of the source.
    const reading = end.stderrTail.some((line) => line.includes(`${source.path}: `));
    const what = reading ? `${source.path} could not be read` : 'the clip could not be written';
    const message = `${sentenceStart(trouble)}: ${what} while joining. With that mended, run the same command again.`;
    return new VsrError('disk', message);
  }
  const lines = end.stderrTail.filter((line) => /\[(?:error|fatal|panic)\]/.test(line));
  const said = (lines.length > 0 ? lines : end.stderrTail).slice(-3).join(' | ');
  const { title } = containerOfMuxer(plan.container);
  return new VsrError('media', `Writing the ${title} file failed: ${said}`);
}

/** An output to put together. */
export type JoinRequest = {
  readonly source: Source;
  readonly plan: OutputPlan;
  /** The segments' files with the enlarged video, in order. */
  readonly videoFiles: readonly string[];
  readonly output: string;
};

/**
 * Joins the enlarged video in `videoFiles` and everything else of the source, as the plan says,
 * into `output`. Copied packets are not changed and keep their times; where the plan trims the
 * start, all times are relative to the first frame. Throws VsrError `media` or `disk`, also where
 * ffmpeg succeeds but complains that something went wrong; the file `output` is then unusable.
 */
export async function remux(
  ffmpeg: Ffmpeg,
  { source, plan, videoFiles, output }: JoinRequest,
  options: RemuxOptions,
): Promise<Remuxed> {
  const { signal } = options;
  const folder = await mkdtemp(path.join(path.dirname(output), '.vsr-extras-'));
  try {
    const cut = await cutOf(plan, videoFiles);
    const { bytes, times, lastFrame } = await joined(source, plan, videoFiles, cut);
    const found = await findExtras(ffmpeg, { source, plan, cut, folder, signal, ...options });
    const extras = { ...found, lastFrame, setsDurations: await setsDurations(ffmpeg) };
    const run = async (retag: boolean): Promise<readonly string[]> => {
      const args = remuxArguments({ source, plan, output, extras, cut, retag });
      return runWith(ffmpeg, { source, plan, args, bytes: bytes() }, options);
    };
    const said = await run(false).catch((error: unknown) => {
      if (!wrongTagWords.test(messageOf(error))) throw error;
      return run(true);
    });
    if (containerOfMuxer(plan.container).ticks === 'own') await refineMovieClock(output, times);
    return { late: [...lateLosses(plan, found), ...joinNotes(plan, said, options)], cut };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Turns complaints of an ffmpeg that succeeded nevertheless into an announcement: something may not
 * be in the output. Throws VsrError `media` unless damage is allowed.
 */
function joinNotes(
  plan: OutputPlan,
  said: readonly string[],
  { allowDamaged = false }: RemuxOptions,
): Announcement[] {
  if (said.length === 0) return [];
  const { title } = containerOfMuxer(plan.container);
  const more = said.length > 1 ? ` and ${said.length - 1} more` : '';
  const why = `ffmpeg says "${said[0]!.replace(/\.$/, '')}"${more} while writing the ${title} file`;
  if (!allowDamaged) {
    throw new VsrError(
      'media',
      `Something may be missing in the output: ${why}. Take it as it is with the same command and --allow-damaged: what is done is kept.`,
    );
  }
  return [{ kind: 'missing', what: 'part of what was joined', why }];
}

/** One run of the command that joins. */
type RemuxCall = {
  readonly source: Source;
  readonly plan: OutputPlan;
  readonly args: readonly string[];
  /** The enlarged video, for stdin. */
  readonly bytes: AsyncIterable<Uint8Array>;
};

/**
 * Runs ffmpeg with `bytes` on its stdin. Returns its complaints but for those that were already
 * made when the source was read.
 */
async function runWith(
  ffmpeg: Ffmpeg,
  { source, plan, args, bytes }: RemuxCall,
  options: RemuxOptions,
): Promise<readonly string[]> {
  const { signal, stallTimeoutMs } = options;
  const complaints = joinComplaints(options.census.complaints);
  const child = startProcess(ffmpeg.ffmpeg, args, {
    ...{ stdin: 'pipe', signal, stallTimeoutMs },
    onStderrLine: complaints.onLine,
  });
  child.done.catch(() => {}); // Reported below.
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
  // If ffmpeg ends early, the pipe breaks; ffmpeg's own message, below, says why.
  await pipeline(Readable.from(feed()), child.stdin!).catch(() => {});
  const end = await child.done;
  throwIfAborted(signal);
  if (failed.error !== null) throw failed.error;
  const said = end.stderrTail.filter(
    (line) => options.allowDamaged !== true || !line.includes(`${source.path}: `),
  );
  if (end.code !== 0 || diskTrouble(said) !== null) throw remuxFailed(source, plan, end);
  return complaints.found;
}

/** The part of the source that the video covers; `null` where the plan takes all of it. */
async function cutOf(plan: OutputPlan, videoFiles: readonly string[]): Promise<Cut> {
  const [first, last] = [videoFiles[0], videoFiles.at(-1)];
  if (plan.trim === null || first === undefined || last === undefined) return null;
  const { num, den } = plan.timeBase;
  const start = ((await readNote(first)).basePts * num) / den;
  const lastStart = ((await readNote(last)).lastPts * num) / den;
  const rate = plan.frameRate;
  const shift = plan.trim.from === undefined ? 0 : start;
  return { shift, end: lastStart + (rate === null ? 0.04 : rate.den / rate.num) - shift };
}

type Joined = {
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly times: Map<number, TrackTimes>;
  /** Seconds for which the last frame is shown; `null` where unknown. */
  readonly lastFrame: number | null;
};

/** The enlarged video as one stream for ffmpeg, and the exact times of tracks. */
async function joined(
  source: Source,
  plan: OutputPlan,
  videoFiles: readonly string[],
  cut: Cut,
): Promise<Joined> {
  if (intermediateMuxer(plan) === 'matroska') {
    return { bytes: () => matroskaStream(videoFiles), times: new Map(), lastFrame: null };
  }
  const video = await joinVideo(videoFiles, {
    fromZero: cut !== null && cut.shift !== 0,
    lastFrame: (read) => lastFrameSeconds(source, plan, read),
  });
  const { codedWidth: width, codedHeight: height, matrix, codec } = plan;
  const kept = keptMarks(source.video, { codec, container: containerOfMuxer(plan.container) });
  const marks = markBoxes(kept.boxes, width / source.video.width);
  return {
    bytes: () => fragmentedStream(video, { width, height, matrix, marks }),
    times: trackTimes(source, plan, video),
    lastFrame: video.lastDuration / video.timeScale,
  };
}

/** The exact times of tracks, as far as they are known, by their place in the file. */
function trackTimes(source: Source, plan: OutputPlan, video: JoinedVideo): Map<number, TrackTimes> {
  const times = new Map<number, TrackTimes>();
  // Cover art is no track.
  const tracks = outputStreams(source, plan).filter(
    ({ stream }) => !stream.dispositions.includes('attached_pic'),
  );
  tracks.forEach(({ stream, encoder }, place) => {
    const { startTime, sampleRate } = stream;
    if (stream.index === source.video.index) {
      const { presentationTimes, decodeTimes, lastDuration } = video;
      const start = presentationTimes.reduce((a, b) => Math.min(a, b), Infinity);
      const duration = decodeTimes.at(-1)! + lastDuration - decodeTimes[0]!;
      times.set(place, { start, duration });
    } else if (stream.kind === 'audio' && encoder === null && plan.trim === null) {
      // A tick of an audio track is one sample.
      if (sampleRate !== null && startTime !== null) {
        times.set(place, { start: Math.round(startTime * sampleRate), duration: null });
      }
    }
  });
  return times;
}

/** Longest duration of a last frame, in seconds; more than that is a mistake of the container. */
const longestLastFrame = 10;

/** Codecs of slide shows and animations, in which every frame has its own duration. */
const slideCodecs = new Set(['gif', 'apng', 'webp', 'png', 'mjpeg']);

/**
 * How long the last frame is shown, in seconds. It follows from the duration that the source
 * states; `null` where it states none, or where frames are missing.
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
  const span = (sorted[count - 1]! - sorted[0]!) / video.timeScale;
  const rest = duration - span;
  // In a video, a rest of more than a few frames means that frames are missing at the end.
  const usual = slideCodecs.has(source.video.codec)
    ? Infinity
    : (4 * span) / Math.max(1, count - 1);
  return rest > 0 && rest <= Math.min(longestLastFrame, usual) ? rest : null;
}
