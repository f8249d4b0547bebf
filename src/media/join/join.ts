import { createReadStream } from 'node:fs';
import { VsrError } from '../../errors.js';
import type { Ratio } from '../../planes/ratio.js';
import type { DisplayMatrix } from '../source/source.js';
import { readVideoFile, type VideoFile } from '../encode/mp4-tables.js';
import { withBoxes } from '../marks/mark-boxes.js';
import { box, words } from '../marks/mp4-boxes.js';

/** The samples of one or more segments' files as one stream, in decoding order. */
export type JoinedVideo = {
  readonly files: readonly VideoFile[];
  /** Units per second of all times here. */
  readonly timeScale: number;
  readonly presentationTimes: Float64Array;
  readonly decodeTimes: Float64Array;
  /** Duration of the last frame in decoding order, in the same units. */
  readonly lastDuration: number;
};

/** Samples per fragment: few enough to need little memory, enough to need few boxes. */
const fragmentSamples = 32;

/**
 * Decoding times for samples with the times `presentation`, which are in decoding order and all
 * different: the sorted presentation times, delayed by as many frames as the reordering needs. The
 * encoders' own decoding times cannot be used, because those of one segment overlap with the next.
 * `step` is the interval of the times before the first one.
 */
export function decodingTimes(presentation: Float64Array, step: number): Float64Array {
  const sorted = Float64Array.from(presentation).sort();
  const rank = new Map<number, number>();
  sorted.forEach((time, place) => rank.set(time, place));
  let delay = 0;
  presentation.forEach((time, place) => (delay = Math.max(delay, place - rank.get(time)!)));
  return presentation.map((_, i) =>
    i < delay ? sorted[0]! - (delay - i) * step : sorted[i - delay]!,
  );
}

export type JoinOptions = {
  /** Makes times relative to the first frame. Default: they are those of the source. */
  readonly fromZero?: boolean | undefined;
  /**
   * Gives the duration of the last frame in seconds, from the times of all frames; `null` for as
   * long as the one before, which is also the default.
   */
  readonly lastFrame?:
    ((video: Pick<JoinedVideo, 'presentationTimes' | 'timeScale'>) => number | null) | undefined;
};

/**
 * Reads the tables of the files `paths`, which are the segments of one clip in order, and gives
 * every sample its times. Throws `VsrError('media')` for segments that overlap or were not encoded
 * alike.
 */
export async function joinVideo(
  paths: readonly string[],
  { fromZero = false, lastFrame = () => null }: JoinOptions = {},
): Promise<JoinedVideo> {
  const files: VideoFile[] = [];
  for (const path of paths) files.push(await readVideoFile(path));
  const first = files[0];
  if (first === undefined) throw new VsrError('media', 'There is no video to write.');
  const timeScale = first.timeScale;
  const count = files.reduce((sum, { samples }) => sum + samples.sizes.length, 0);
  const presentationTimes = new Float64Array(count);
  let at = 0;
  let previousEnd = -Infinity;
  const { note: firstNote } = first;
  const zero = fromZero ? unitsOf(firstNote.basePts, firstNote.timeBase, timeScale) : 0;
  const configuration = decoderConfiguration(first.description);
  for (const { samples, note, path, description } of files) {
    if (!decoderConfiguration(description).equals(configuration)) {
      throw new VsrError(
        'media',
        `The segment ${path} was not encoded as the first one was, perhaps by another ffmpeg. Run the command again with --restart.`,
      );
    }
    const times = samples.decodeTimes.map((time, i) => time + samples.shifts[i]!);
    const earliest = times.reduce((a, b) => Math.min(a, b), Infinity);
    const base = unitsOf(note.basePts, note.timeBase, timeScale) - zero;
    const absolute = times.map((time) => time - earliest + base);
    if (base <= previousEnd) {
      throw new VsrError('media', `The segment ${path} starts before the one before it ends.`);
    }
    previousEnd = absolute.reduce((a, b) => Math.max(a, b), -Infinity);
    presentationTimes.set(absolute, at);
    at += absolute.length;
  }
  const sorted = Float64Array.from(presentationTimes).sort();
  const usual = count > 1 ? sorted[count - 1]! - sorted[count - 2]! : Math.round(timeScale / 25);
  const seconds = lastFrame({ presentationTimes, timeScale });
  const lastDuration = seconds === null ? usual : Math.round(seconds * timeScale);
  const step = Math.max(1, count > 1 ? sorted[1]! - sorted[0]! : usual);
  return {
    files,
    timeScale,
    presentationTimes,
    decodeTimes: decodingTimes(presentationTimes, step),
    lastDuration: Math.max(1, lastDuration),
  };
}

/**
 * The box with the decoder configuration of H.264 or H.265 in a sample description; empty for other
 * codecs.
 */
function decoderConfiguration(description: Buffer): Buffer {
  for (const type of ['avcC', 'hvcC']) {
    const at = description.indexOf(type, 0, 'latin1') - 4;
    if (at >= 0) return description.subarray(at, at + description.readUInt32BE(at));
  }
  return Buffer.alloc(0);
}

/**
 * Converts `pts` ticks of `timeBase` into units of `timeScale` per second; exact where `timeScale`
 * is the denominator of `timeBase`.
 */
function unitsOf(pts: number, timeBase: Ratio, timeScale: number): number {
  return Math.round((pts * timeBase.num * timeScale) / timeBase.den);
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

const identity: DisplayMatrix = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/** What the header of the joined video says about its track. */
export type TrackForm = {
  /** Luma samples. */
  readonly width: number;
  readonly height: number;
  /** How players turn or mirror it; `null` for not at all. */
  readonly matrix: DisplayMatrix | null;
  /** Boxes for the sample description that mark pictures as stereo or spherical. */
  readonly marks: Buffer;
};

/** The header of a fragmented MP4 file with one empty video track. */
function fragmentedHeader(video: JoinedVideo, form: TrackForm): Buffer {
  const { description, fileType } = video.files[0]!;
  const mvhd = box(
    'mvhd',
    words(0, 0, 0, 1000, 0, 0x10000, 0x01000000, 0, 0),
    words(...identity),
    words(0, 0, 0, 0, 0, 0, 2),
  );
  const tkhd = box(
    'tkhd',
    words(7, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    words(...(form.matrix ?? identity)),
    words(form.width << 16, form.height << 16),
  );
  const mdhd = box('mdhd', words(0, 0, 0, video.timeScale, 0, 0x55c40000));
  const hdlr = box('hdlr', words(0, 0), Buffer.from('vide'), words(0, 0, 0), Buffer.alloc(1));
  const dinf = box('dinf', box('dref', words(0, 1), box('url ', words(1))));
  const stbl = box(
    'stbl',
    withBoxes(description, form.marks),
    ...['stts', 'stsc'].map((type) => box(type, words(0, 0))),
    box('stsz', words(0, 0, 0)),
    box('stco', words(0, 0)),
  );
  const minf = box('minf', box('vmhd', words(1, 0, 0)), dinf, stbl);
  const trak = box('trak', tkhd, box('mdia', mdhd, hdlr, minf));
  const mvex = box('mvex', box('trex', words(0, 1, 1, 0, 0, 0)));
  return Buffer.concat([fileType, box('moov', mvhd, trak, mvex)]);
}

/**
 * The boxes of fragment `number` up to its samples' bytes, which must follow. Its samples begin at
 * place `start` of the video.
 */
function fragment(
  video: JoinedVideo,
  start: number,
  sizes: Uint32Array,
  keys: Uint8Array,
  number: number,
): Buffer {
  const { decodeTimes, presentationTimes } = video;
  const entries: number[] = [];
  sizes.forEach((size, i) => {
    const time = decodeTimes[start + i]!;
    const next = decodeTimes[start + i + 1];
    const duration = next === undefined ? video.lastDuration : next - time;
    // Sample flags: depends on no other sample, or depends on others and is no sync sample.
    const flags = keys[i] === 1 ? 0x02000000 : 0x01010000;
    entries.push(duration, size, flags, presentationTimes[start + i]! - time);
  });
  // Version 1 has signed composition offsets. The flags state that there is a data offset, and a
  // duration, size, flags and composition offset for each sample.
  const trun = (offset: number): Buffer =>
    box('trun', words(0x01000f01, sizes.length, offset, ...entries));
  const build = (offset: number): Buffer =>
    box(
      'moof',
      box('mfhd', words(0, number)),
      box(
        'traf',
        box('tfhd', words(0x00020000, 1)),
        box('tfdt', words(0x01000000), long(decodeTimes[start]!)),
        trun(offset),
      ),
    );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const moof = build(0);
  return Buffer.concat([build(moof.length + 8), words(8 + bytes), Buffer.from('mdat')]);
}

/** Bytes `first` to `last` of a file. Throws `VsrError('media')` where the file is shorter. */
async function* bytesBetween(
  path: string,
  first: number,
  last: number,
): AsyncGenerator<Uint8Array> {
  let missing = last - first + 1;
  for await (const chunk of createReadStream(path, { start: first, end: last })) {
    missing -= (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (missing > 0) throw new VsrError('media', `The intermediate file ${path} is cut off.`);
}

/**
 * The joined video as a stream of fragmented MP4 (or QuickTime) for ffmpeg to read: the packets as
 * they were encoded, each with its exact times, and the display matrix in the track's header. Only
 * one fragment is in memory at a time. Throws `VsrError('media')` for a segment that is cut off.
 */
export async function* fragmentedStream(
  video: JoinedVideo,
  form: TrackForm,
): AsyncGenerator<Uint8Array> {
  yield fragmentedHeader(video, form);
  let done = 0;
  let number = 1;
  for (const { path, samples } of video.files) {
    const { sizes, keys, offsets } = samples;
    for (let from = 0; from < sizes.length; from += fragmentSamples) {
      const to = Math.min(from + fragmentSamples, sizes.length);
      yield fragment(
        video,
        done + from,
        sizes.subarray(from, to),
        keys.subarray(from, to),
        number++,
      );
      for (let run = from; run < to;) {
        // Samples that follow one another in the file are read together.
        let end = run + 1;
        while (end < to && offsets[end] === offsets[end - 1]! + sizes[end - 1]!) end++;
        const last = offsets[end - 1]! + sizes[end - 1]! - 1;
        yield* bytesBetween(path, offsets[run]!, last);
        run = end;
      }
    }
    done += sizes.length;
  }
}
