import { framesPerSecond, inLowestTerms, usualRate, type Ratio } from '../../planes/ratio.js';
import { VsrError } from '../../errors.js';
import type { InputFile } from './input-file.js';
import { degreesOf, parseMatrix } from './display-matrix.js';
import {
  hasCaptions,
  numberAt,
  parseColour,
  parseHdr,
  parseInterlacing,
  parseSideData,
  ratioAt,
  textAt,
  type Json,
} from './probe-stream.js';
import type { Colour, Source, StreamInfo, VideoStream } from './source.js';
import { deepestRgb, travelFormat } from './travel-format.js';

/** What ffprobe reports about the chosen stream. */
export type VideoEvidence = {
  readonly stream: Json;
  /** Its first frames; none if no frame can be decoded. */
  readonly frames: readonly Json[];
  /** ffprobe's errors while decoding them. */
  readonly errors: readonly string[];
};

/** Codecs without compression artefacts. Those with a palette are among them. */
const losslessCodecs = new Set([
  ...[
    'ffv1',
    'rawvideo',
    'png',
    'apng',
    'gif',
    'qtrle',
    'huffyuv',
    'ffvhuff',
    'utvideo',
    'magicyuv',
  ],
  ...['v210', 'v210x', 'v308', 'v408', 'v410', 'r210', 'r10k', 'yuv4', 'zlib', 'mszh', 'lagarith'],
  ...['bmp', 'tiff', 'dpx', 'targa', 'sgi', 'exr', 'ppm', 'pgm', 'pgmyuv', 'pam', 'msrle', '8bps'],
  ...[
    'tscc',
    'camstudio',
    'cscd',
    'flashsv',
    'zmbv',
    'rle',
    'flic',
    'loco',
    'y41p',
    'avrp',
    'ayuv',
  ],
]);

/** The colour of Y'CbCr that was converted from RGB: the matrix and range are those of vsr. */
function madeFromRgb(said: Colour): Colour {
  return {
    range: 'tv',
    matrix: 'bt709',
    primaries: said.primaries ?? 'bt709',
    transfer: said.transfer ?? 'iec61966-2-1',
    siting: null,
  };
}

/**
 * A source of RGB as it is for an output of pictures: it becomes Y'CbCr of more bits, so that its
 * values come back. Clips get no more bits, for players.
 */
export function forPictures(source: Source): Source {
  const format = deepestRgb(source.video.format.alpha);
  const video = { ...source.video, format, request: format.name };
  return { ...source, video, remarks: remarksOn(video) };
}

/** What the user should know about a stream before it is decoded, in sentences. */
export function remarksOn(video: VideoStream): string[] {
  const { format, sourceFormat } = video;
  const remarks: string[] = [];
  switch (video.conversion) {
    case 'none':
      break;
    case 'rgb':
      remarks.push(`${sourceFormat} frames become ${format.name}, BT.709 studio range.`);
      break;
    case 'depth':
      remarks.push(`${sourceFormat} samples are rounded to ${format.bitDepth} bit.`);
      break;
    case 'chroma':
      remarks.push(`${sourceFormat} chroma is interpolated to ${format.name}.`);
      break;
  }
  if (video.times === 'nominal') {
    const { num, den } = video.frameRate ?? usualRate;
    remarks.push(`It has no timestamps: frames are taken to come at ${num}/${den} a second.`);
  }
  if (video.times === 'flags') {
    remarks.push('It has no timestamps: frames come as their flags to repeat fields say.');
  }
  return remarks;
}

/** ffmpeg's names of bare streams without a container, for which it invents timestamps. */
const elementary = new Set([
  ...[
    'h264',
    'hevc',
    'vvc',
    'evc',
    'mpegvideo',
    'm4v',
    'h261',
    'h263',
    'vc1',
    'dirac',
    'cavsvideo',
  ],
  ...['obu', 'mjpeg', 'avs2', 'avs3', 'dnxhd', 'ingenient'],
]);

/** Whether frames have timestamps of their own, by the container and the first frames. */
export function hasTimes(container: string, frames: readonly Json[]): boolean {
  if (elementary.has(container)) return false;
  const times = frames.map((frame) => frame['best_effort_timestamp'] ?? frame['pts']);
  return frames.length < 2 || new Set(times).size > 1;
}

/**
 * Frames per second, from the durations of the first frames; `null` where they have none. In soft
 * telecine frames last for three and two fields by turns, so an even number of frames is used.
 */
function rateOfFirst(frames: readonly Json[], timeBase: Ratio): Ratio | null {
  const lengths = frames
    .map((f) => numberAt(f, 'duration') ?? numberAt(f, 'pkt_duration') ?? 0)
    .filter((length) => length > 0);
  const longest = Math.max(...lengths);
  // A frame of which only one field is known to last is given half of its duration.
  const ofFields = isInterlaced(frames) && lengths.some((length) => 2 * length === longest);
  const even = ofFields ? [longest] : lengths.slice(0, Math.max(1, lengths.length & ~1));
  const sum = even.reduce((a, b) => a + b, 0);
  if (sum === 0) return null;
  return inLowestTerms({ num: timeBase.den * even.length, den: timeBase.num * sum });
}

/** Frames per second, from the times of the first frames; `null` where these are too few. */
function rateOfTimes(frames: readonly Json[], timeBase: Ratio): Ratio | null {
  const times = frames.flatMap((f) => numberAt(f, 'best_effort_timestamp') ?? []);
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  const step = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  if (frames.length < fewFrames || step <= 0) return null;
  return { num: timeBase.den, den: timeBase.num * step };
}

function isInterlaced(frames: readonly Json[]): boolean {
  return frames.length > 0 && frames.every((frame) => frame['interlaced_frame'] === 1);
}

/** The times of fewer frames do not tell how many come per second. */
const fewFrames = 3;

/** Whether more frames are needed to tell their rate: fields may be packets of their own. */
export function needsMoreFrames(frames: readonly Json[]): boolean {
  return frames.length < fewFrames && isInterlaced(frames);
}

/** A rate that exceeds that of the frames by this factor counts fields, all or some of them. */
const leastOfFields = 1.2;

/**
 * Frames per second of a stream; `null` where it is unknown. Where each field is a picture of its
 * own, as in some H.264, files may state the rate of the fields.
 */
function rateOf(
  { stream, frames }: VideoEvidence,
  timeBase: Ratio,
  times: VideoStream['times'],
): Ratio | null {
  const said = ratioAt(stream, 'avg_frame_rate') ?? ratioAt(stream, 'r_frame_rate');
  if (times === 'nominal') {
    const first = rateOfFirst(frames, timeBase) ?? said;
    if (first === null || said === null || !isInterlaced(frames)) return first;
    const factor = framesPerSecond(first) / framesPerSecond(said);
    return factor > 1.5 ? inLowestTerms({ num: first.num, den: first.den * 2 }) : first;
  }
  const own = isInterlaced(frames) ? rateOfTimes(frames, timeBase) : null;
  if (own === null || said === null) return said;
  const factor = framesPerSecond(said) / framesPerSecond(own);
  if (factor < leastOfFields || factor > 2 * leastOfFields) return said;
  const isDouble = Math.abs(factor / 2 - 1) < 0.05;
  return inLowestTerms(isDouble ? { num: said.num, den: said.den * 2 } : own);
}

/** The number of frames by that of the packets, which may be fields; `null` where unknown. */
function countOf({ packetCount }: StreamInfo, stream: Json, rate: Ratio | null): number | null {
  const said = ratioAt(stream, 'avg_frame_rate');
  if (packetCount === null || said === null || rate === null) return packetCount;
  const share = framesPerSecond(rate) / framesPerSecond(said);
  return share > 1 / leastOfFields ? packetCount : Math.round(packetCount * share);
}

/**
 * All facts of the chosen stream. `decoder` is the decoder to use in place of ffmpeg's default;
 * `null` for none. Throws `VsrError('media')` if no frame can be decoded, or if its pixel format
 * cannot be converted to planes.
 */
export function parseVideo(
  file: InputFile,
  info: StreamInfo,
  evidence: VideoEvidence,
  decoder: string | null,
  container: string,
): VideoStream {
  const { stream, frames } = evidence;
  const first = frames[0];
  if (first === undefined) {
    const said = evidence.errors.at(-1)?.replace(/^\[.*?\] /, '');
    const why = said === undefined ? 'no data for its video was found' : `ffmpeg: ${said}`;
    throw new VsrError(
      'media',
      `No frame of ${file.path} can be decoded (${info.codec}; ${why}): it is damaged, incomplete or encrypted.`,
    );
  }
  const width = numberAt(first, 'width') ?? 0;
  const height = numberAt(first, 'height') ?? 0;
  // ffprobe cannot be told which decoder to use; libvpx adds alpha to 8-bit 4:2:0 only.
  const plain = textAt(first, 'pix_fmt') ?? 'unknown';
  const sourceFormat = decoder !== null && plain === 'yuv420p' ? 'yuva420p' : plain;
  const travel = travelFormat(sourceFormat);
  if (travel === null || width <= 0 || height <= 0) {
    throw new VsrError(
      'media',
      `${file.path} decodes to ${width}x${height} ${sourceFormat}, which cannot be brought into Y'CbCr planes.`,
    );
  }
  const timeBase = ratioAt(stream, 'time_base') ?? { num: 1, den: 1000 };
  const times = hasTimes(container, frames) ? 'stream' : 'nominal';
  const frameRate = rateOf(evidence, timeBase, times);
  const matrix = parseMatrix(stream, frames);
  const said = parseColour(stream, first, sourceFormat);
  const aspect = ratioAt(stream, 'sample_aspect_ratio') ?? ratioAt(first, 'sample_aspect_ratio');
  return {
    ...info,
    kind: 'video',
    width,
    height,
    sourceFormat,
    format: travel.format,
    request: travel.request,
    conversion: travel.conversion,
    decoder: sourceFormat === plain ? null : decoder,
    timeBase,
    times,
    startTime: times === 'nominal' ? 0 : info.startTime,
    frameRate,
    frameCount: times === 'nominal' ? info.packetCount : countOf(info, stream, frameRate),
    colour: travel.conversion === 'rgb' ? madeFromRgb(said) : said,
    sampleAspect: aspect === null || aspect.num === aspect.den ? null : aspect,
    rotation: matrix === null ? 0 : degreesOf(matrix),
    matrix,
    turn: null,
    crop: null,
    denoise: null,
    fields: null,
    runs: null,
    interlaced: parseInterlacing(stream, frames),
    hdr: parseHdr(stream, frames),
    sideData: parseSideData(stream, frames),
    closedCaptions: hasCaptions(stream, frames),
    lossless: losslessCodecs.has(info.codec),
  };
}
