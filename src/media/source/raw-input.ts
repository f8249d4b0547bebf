import { VsrError, badValue } from '../../errors.js';
import { frameLayout } from '../../planes/pixel-format.js';
import type { CommandInput } from '../program/command.js';
import type { InputFile } from './input-file.js';
import type { RawVideoInput, Source, VideoStream } from './source.js';
import { travelFormat, type Travel } from './travel-format.js';

/** Options before `-i` that give ffmpeg the layout of a headerless file. */
export function rawInputOptions(raw: RawVideoInput): string[] {
  return [
    ...['-pixel_format', raw.format, '-video_size', `${raw.width}x${raw.height}`],
    ...['-framerate', `${raw.rate.num}/${raw.rate.den}`],
  ];
}

/** A clip as an input of ffmpeg that decodes its video as it is stored, without turning it. */
export function storedInput(
  { path, raw, video }: Source,
  options: readonly string[],
): CommandInput {
  return {
    path,
    format: raw === null ? undefined : 'rawvideo',
    options: [
      ...(raw === null ? [] : rawInputOptions(raw)),
      '-noautorotate',
      ...(video.decoder === null ? [] : ['-c:v', video.decoder]),
      ...options,
    ],
  };
}

/**
 * The facts of a headerless file, which holds frames of the described layout, one after the other.
 * Throws `VsrError('option')` for a format that vsr does not read, `VsrError('media')` if the file
 * is smaller than one frame.
 */
export function rawSource(file: InputFile, raw: RawVideoInput): Source {
  const travel = travelFormat(raw.format);
  if (travel === null || travel.conversion === 'chroma') {
    throw badValue('a planar, packed or RGB pix_fmt such as yuv420p', '--input-format', raw.format);
  }
  const { frameCount, restBytes } = wholeFrames(file, raw, travel);
  const duration = frameCount === null ? null : (frameCount * raw.rate.den) / raw.rate.num;
  const bitRate = duration === null ? null : (file.sizeBytes * 8) / duration;
  const video: VideoStream = {
    ...plainVideo,
    timeBase: { num: raw.rate.den, den: raw.rate.num },
    duration,
    bitRate,
    packetCount: frameCount,
    width: raw.width,
    height: raw.height,
    sourceFormat: raw.format,
    format: travel.format,
    request: travel.request,
    conversion: travel.conversion,
    frameRate: raw.rate,
    frameCount,
    colour: rawColour(raw, travel),
  };
  const remark = `${file.path} ends with ${restBytes} bytes that are no whole frame of ${raw.width}x${raw.height} ${raw.format}: is the size right?`;
  return {
    path: file.path,
    sizeBytes: file.sizeBytes,
    container: 'rawvideo',
    startTime: 0,
    duration,
    video,
    streams: [video],
    chapters: [],
    tags: {},
    raw,
    remarks: restBytes === 0 ? [] : [remark],
  };
}

/**
 * The number of whole frames in a file, and the number of bytes after the last. The first is `null`
 * where frames in the file have another format than they travel in: then only ffmpeg knows.
 */
function wholeFrames(
  file: InputFile,
  { format: name, width, height }: RawVideoInput,
  { format, request }: Travel,
): { readonly frameCount: number | null; readonly restBytes: number } {
  if (request !== name) return { frameCount: null, restBytes: 0 };
  const { byteLength } = frameLayout(format, width, height);
  const frameCount = Math.floor(file.sizeBytes / byteLength);
  if (frameCount === 0) {
    throw new VsrError(
      'media',
      `${file.path} has ${file.sizeBytes} bytes, less than one frame of ${width}x${height} ${name} (${byteLength}).`,
    );
  }
  return { frameCount, restBytes: file.sizeBytes % byteLength };
}

/**
 * The colour of raw video. RGB becomes studio-range BT.709; otherwise only `yuvj` states a range.
 */
function rawColour({ format }: RawVideoInput, { conversion }: Travel): VideoStream['colour'] {
  const rest = { primaries: null, transfer: null, siting: null };
  if (conversion === 'rgb') return { range: 'tv', matrix: 'bt709', ...rest };
  return { range: format.startsWith('yuvj') ? 'pc' : null, matrix: null, ...rest };
}

/** The facts that are the same for all raw video, which has no header to state them. */
const plainVideo = {
  index: 0,
  id: null,
  kind: 'video',
  codec: 'rawvideo',
  codecTag: '',
  language: null,
  title: null,
  dispositions: [],
  tags: {},
  startTime: 0,
  sampleRate: null,
  channels: null,
  sampleFormat: null,
  sampleBits: null,
  decoder: null,
  profile: null,
  times: 'stream',
  sampleAspect: null,
  rotation: 0,
  matrix: null,
  turn: null,
  crop: null,
  denoise: null,
  fields: null,
  runs: null,
  interlaced: 'no',
  hdr: { masteringDisplay: null, contentLight: null, hdr10Plus: false, dolbyVisionProfile: null },
  sideData: [],
  closedCaptions: false,
  lossless: true,
} as const satisfies Partial<VideoStream>;
