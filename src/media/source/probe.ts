import { VsrError } from '../../errors.js';
import { withoutEmptyAlpha } from './alpha-use.js';
import { capabilities } from '../program/capabilities.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { bytesOfDump, displaySize, isPanScan } from '../marks/pan-scan.js';
import type { SideData } from '../marks/side-data.js';
import { mergedMarks, trackMarks } from '../marks/track-marks.js';
import { openPlainFile, whyUnreadable, type InputFile } from './input-file.js';
import {
  listAt,
  numberAt,
  objectAt,
  parseChapters,
  parseStream,
  textAt,
  textsOf,
} from './probe-stream.js';
import type { Json } from './probe-stream.js';
import { hasTimes, needsMoreFrames, parseVideo, remarksOn } from './probe-video.js';
import { runProcess } from '../program/process.js';
import { rawSource } from './raw-input.js';
import type { RawVideoInput, Source, VideoStream } from './source.js';
import { withFlaggedTimes } from './flagged-times.js';
import { chooseVideo, preferredDecoder, refuseUndecodable } from './video-choice.js';

export type ProbeOptions = {
  /** The layout of a headerless file. */
  readonly raw?: RawVideoInput | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds without progress after which ffprobe counts as hanging. Default: `defaultStallMs`.
   */
  readonly stallTimeoutMs?: number | undefined;
};

/**
 * How many packets of the video stream are decoded to examine its frames. It begins with few,
 * because the user waits for them. If these do not suffice, more are tried, and at last very many,
 * for clips with a damaged beginning.
 */
const lookAhead = [4, 16, 4000] as const;

async function askProbe(
  ffmpeg: Ffmpeg,
  path: string,
  args: readonly string[],
  options: ProbeOptions,
): Promise<{ readonly json: Json | null; readonly errors: readonly string[] }> {
  const words = ['-v', 'error', ...safeInputOptions, ...args, '-of', 'json', fileUrl(path)];
  const { stdout, code, stderrTail, ...end } = await runProcess(ffmpeg.ffprobe, words, {
    signal: options.signal,
    ...(options.stallTimeoutMs === undefined ? {} : { stallTimeoutMs: options.stallTimeoutMs }),
  });
  if (end.signal !== null) {
    throw new VsrError(
      'media',
      `${ffmpeg.ffprobe} crashed (${end.signal}) while reading ${path}. Try another with --ffprobe.`,
    );
  }
  if (code !== 0 || stdout === '') return { json: null, errors: stderrTail };
  return { json: JSON.parse(stdout) as Json, errors: stderrTail };
}

type FirstFrames = { readonly frames: readonly Json[]; readonly errors: readonly string[] };

/** The frames in the first packets of a stream; `stream` is a stream specifier of ffprobe. */
async function framesWithin(
  packets: number,
  ffmpeg: Ffmpeg,
  path: string,
  stream: string,
  options: ProbeOptions,
): Promise<FirstFrames> {
  const args = ['-select_streams', stream, '-show_frames', '-read_intervals', `%+#${packets}`];
  const { json, errors } = await askProbe(ffmpeg, path, args, options);
  return { frames: listAt(json ?? {}, 'frames').filter((frame) => 'pix_fmt' in frame), errors };
}

/**
 * Whether frames suffice. Without timestamps more are needed, because single ones may last longer;
 * so are they where packets may be fields.
 */
function suffice(container: string, { frames }: FirstFrames, packets: number): boolean {
  if (frames.length === 0 || packets > lookAhead[0]) return frames.length > 0;
  return hasTimes(container, frames) && !needsMoreFrames(frames);
}

/**
 * The first frames of stream `index` as ffprobe describes them; none if no frame can be decoded.
 * `guess` are frames that were read before, which are used if they are of this stream.
 */
async function firstFrames(
  ffmpeg: Ffmpeg,
  path: string,
  { container, index }: { readonly container: string; readonly index: number },
  guess: FirstFrames | null,
  options: ProbeOptions,
): Promise<FirstFrames> {
  const guessed = guess?.frames[0];
  const ours = guessed !== undefined && numberAt(guessed, 'stream_index') === index;
  let answer: FirstFrames = { frames: [], errors: [] };
  for (const packets of lookAhead) {
    answer =
      ours && packets === lookAhead[0]
        ? guess!
        : await framesWithin(packets, ffmpeg, path, String(index), options);
    if (suffice(container, answer, packets)) break;
  }
  return answer;
}

/**
 * Finds out what a clip holds and chooses the video stream to enlarge. Only the file itself is
 * opened; playlists and the like are refused.
 *
 * Throws `VsrError('media')` for a file that is missing, empty, a folder or no clip, that has no
 * video, that is encrypted, of which no frame can be decoded, or whose codec this ffmpeg cannot
 * decode (the message says which one can). Throws `VsrError('interrupted')` once `signal` fires.
 */
export async function probe(
  ffmpeg: Ffmpeg,
  path: string,
  options: ProbeOptions = {},
): Promise<Source> {
  const file = await openPlainFile(path);
  if (options.raw !== undefined) return rawSource(file, options.raw);

  // The first video is nearly always the one to enlarge, so its frames are read at the same time.
  const stop = new AbortController();
  const signals = options.signal === undefined ? [stop.signal] : [stop.signal, options.signal];
  const guessed = framesWithin(lookAhead[0], ffmpeg, file.path, 'V:0', {
    ...options,
    signal: AbortSignal.any(signals),
  }).catch(() => null);
  try {
    return await probeStreams(ffmpeg, file, options, guessed);
  } finally {
    stop.abort();
    await guessed;
  }
}

/**
 * The duration of a file or stream that starts at `start`, in seconds. In Matroska ffmpeg writes
 * the time of the end instead of the duration. Other programs write the duration; if that is less
 * than the start, it must be one.
 */
function lengthOf(container: string, start: number, stated: number | null): number | null {
  if (stated === null || start <= 0 || !container.startsWith('matroska')) return stated;
  return stated > start ? stated - start : stated;
}

/**
 * The side data of `video` without MPEG-2's pan and scan, if that shows the whole picture: ffmpeg
 * reports it for every frame, whatever the stream states.
 */
async function withoutWholeWindow(
  ffmpeg: Ffmpeg,
  path: string,
  { index, width, height, sideData }: VideoStream,
  options: ProbeOptions,
): Promise<readonly SideData[]> {
  if (!sideData.some(isPanScan)) return sideData;
  const args = ['-select_streams', String(index), '-show_streams', '-show_data'];
  const { json } = await askProbe(ffmpeg, path, args, options);
  const dump = textAt(listAt(json ?? {}, 'streams')[0] ?? {}, 'extradata');
  // Without a header it is unknown what it shows.
  if (dump === null) return sideData;
  const shown = displaySize(bytesOfDump(dump));
  const isWhole = shown === null || (shown.width === width && shown.height === height);
  return isWhole ? sideData.filter((data) => !isPanScan(data)) : sideData;
}

/**
 * Reads and parses all facts of the clip. `guessed` are frames that may be of the chosen stream.
 */
async function probeStreams(
  ffmpeg: Ffmpeg,
  file: InputFile,
  options: ProbeOptions,
  guessed: Promise<FirstFrames | null>,
): Promise<Source> {
  const asked = ['-show_format', '-show_streams', '-show_chapters'];
  const { json, errors } = await askProbe(ffmpeg, file.path, asked, options);
  if (json === null) throw await whyUnreadable(file, errors);
  const format = objectAt(json, 'format');
  const streamJson = listAt(json, 'streams');
  // ffprobe takes text with a G in the right place for an MPEG transport stream without streams.
  if (streamJson.length === 0) throw await whyUnreadable(file, errors);
  const container = textAt(format, 'format_name') ?? 'unknown';
  const streams = streamJson.map(parseStream).map((stream) => ({
    ...stream,
    duration: lengthOf(container, stream.startTime ?? 0, stream.duration),
  }));
  const chosen = chooseVideo(file, streams, streamJson);
  refuseUndecodable(file, chosen, await capabilities(ffmpeg, 'decodableCodecs'));

  const preferred = preferredDecoder(chosen);
  const decoder =
    preferred !== null && (await capabilities(ffmpeg, 'decoders')).has(preferred)
      ? preferred
      : null;
  const stream = { container, index: chosen.index };
  const first = await firstFrames(ffmpeg, file.path, stream, await guessed, options);
  const json0 = streamJson.find((each) => numberAt(each, 'index') === chosen.index) ?? {};
  const parsed = parseVideo(
    file,
    chosen,
    { stream: json0, frames: first.frames, errors: first.errors },
    decoder,
    container,
  );
  const startTime = numberAt(format, 'start_time') ?? 0;
  const marks = await trackMarks(file.path, container, chosen.index);
  const sideData = await withoutWholeWindow(ffmpeg, file.path, parsed, options);
  const marked = { ...parsed, sideData: mergedMarks(sideData, marks) };
  const video = await withoutEmptyAlpha(ffmpeg, file.path, marked, options.signal);
  const source: Source = {
    path: file.path,
    sizeBytes: file.sizeBytes,
    container,
    startTime,
    duration: lengthOf(container, startTime, numberAt(format, 'duration')),
    video,
    streams: streams.map((stream) => (stream.index === video.index ? video : stream)),
    chapters: parseChapters(listAt(json, 'chapters')),
    tags: textsOf(objectAt(format, 'tags')),
    raw: null,
    remarks: remarksOn(video),
  };
  return withFlaggedTimes(ffmpeg, source, options.signal);
}
