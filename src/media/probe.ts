import { VsrError } from '../errors.js';
import { withoutEmptyAlpha } from './alpha-use.js';
import { capabilitiesOf } from './capabilities.js';
import { fileUrl, safeInputOptions } from './command.js';
import type { Ffmpeg } from './ffmpeg.js';
import { openPlainFile, whyUnreadable } from './input-file.js';
import { listAt, numberAt, objectAt, parseChapters, parseStream, textsOf } from './probe-stream.js';
import type { Json } from './probe-stream.js';
import { parseVideo, remarksOn } from './probe-video.js';
import { runProcess } from './process.js';
import { rawSource } from './raw-input.js';
import type { RawVideoInput, Source } from './source.js';
import { chooseVideo, forcedDecoder, refuseUndecodable } from './video-choice.js';

export type ProbeOptions = {
  /** What the file is, if it is headerless. */
  readonly raw?: RawVideoInput | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which an ffprobe that does nothing is given up; default `defaultStallMs`. */
  readonly stallTimeoutMs?: number | undefined;
};

/** Packets of the video stream that are decoded to see what its frames are like; the second for clips that begin badly. */
const lookAhead = [16, 4000] as const;

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

/** The first frames of stream `index` as ffprobe describes them; none if nothing decodes. */
async function firstFrames(
  ffmpeg: Ffmpeg,
  path: string,
  index: number,
  options: ProbeOptions,
): Promise<{ readonly frames: readonly Json[]; readonly errors: readonly string[] }> {
  let errors: readonly string[] = [];
  for (const packets of lookAhead) {
    const args = [
      ...['-select_streams', String(index), '-show_frames'],
      ...['-read_intervals', `%+#${packets}`],
    ];
    const answer = await askProbe(ffmpeg, path, args, options);
    const frames = listAt(answer.json ?? {}, 'frames').filter((frame) => 'pix_fmt' in frame);
    if (frames.length > 0) return { frames, errors: answer.errors };
    errors = answer.errors;
  }
  return { frames: [], errors };
}

/**
 * Reads what a clip holds and chooses the video stream to enlarge. The file alone is opened:
 * playlists and the like are refused.
 *
 * Throws `VsrError('media')` for a file that is missing, empty, a folder or no clip, that has no
 * video, that is encrypted, of which no frame decodes, or whose codec this ffmpeg cannot decode
 * (the message says which can).
 */
export async function probe(
  ffmpeg: Ffmpeg,
  path: string,
  options: ProbeOptions = {},
): Promise<Source> {
  const file = await openPlainFile(path);
  if (options.raw !== undefined) return rawSource(file, options.raw);

  const asked = ['-show_format', '-show_streams', '-show_chapters'];
  const { json, errors } = await askProbe(ffmpeg, file.path, asked, options);
  if (json === null) throw await whyUnreadable(file, errors);
  const format = objectAt(json, 'format');
  const streamJson = listAt(json, 'streams');
  const streams = streamJson.map(parseStream);
  const chosen = chooseVideo(file, streams, streamJson);
  const capabilities = await capabilitiesOf(ffmpeg);
  refuseUndecodable(file, chosen, capabilities);

  const decoder = forcedDecoder(chosen, capabilities);
  const first = await firstFrames(ffmpeg, file.path, chosen.index, options);
  const json0 = streamJson.find((each) => numberAt(each, 'index') === chosen.index) ?? {};
  const parsed = parseVideo(
    file,
    chosen,
    { stream: json0, frames: first.frames, errors: first.errors },
    decoder,
    typeof format['format_name'] === 'string' ? format['format_name'] : 'unknown',
  );
  const video = await withoutEmptyAlpha(ffmpeg, file.path, parsed, options.signal);
  return {
    path: file.path,
    sizeBytes: file.sizeBytes,
    container: typeof format['format_name'] === 'string' ? format['format_name'] : 'unknown',
    startTime: numberAt(format, 'start_time') ?? 0,
    duration: numberAt(format, 'duration'),
    video,
    streams: streams.map((stream) => (stream.index === video.index ? video : stream)),
    chapters: parseChapters(listAt(json, 'chapters')),
    tags: textsOf(objectAt(format, 'tags')),
    raw: null,
    remarks: remarksOn(video),
  };
}
