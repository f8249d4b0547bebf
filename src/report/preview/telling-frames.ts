import { VsrError } from '../../errors.js';
import { decodeFrames } from '../../media/decode/decode.js';
import { glanceAt } from '../../media/frames/glance.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { Source } from '../../media/source/source.js';

/** A frame to show. */
export type TellingFrame = {
  /** Seconds after the clip's beginning. */
  readonly time: number;
  /** As the source's `format` lies in memory. */
  readonly data: Uint8Array;
};

/** A look at a key frame: small, grey, for telling which are sharp and which differ. */
type Glance = {
  /** In ticks of the source's time base. */
  readonly pts: number;
  readonly sharpness: number;
  readonly thumbnail: Float32Array;
};

/** Samples each way of what is looked at. */
const glanceSize = { width: 480, height: 270 };
const cell = 15;

/** Looks for each frame that is shown. */
const glancesPerFrame = 2;

/** Mean difference of thumbnails, in sample values, below which two frames show the same. */
const sameDifference = 4;

function glanceOf(grey: Uint8Array, pts: number): Glance {
  const { width, height } = glanceSize;
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const around = grey[i - 1]! + grey[i + 1]! + grey[i - width]! + grey[i + width]!;
      sum += (4 * grey[i]! - around) ** 2;
    }
  }
  const columns = width / cell;
  const thumbnail = new Float32Array(columns * (height / cell));
  for (let i = 0; i < width * height; i++) {
    const x = Math.floor((i % width) / cell);
    thumbnail[Math.floor(i / width / cell) * columns + x]! += grey[i]! / cell ** 2;
  }
  return { pts, sharpness: sum, thumbnail };
}

function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

/** Looks at the frame at `seconds` on the source's clock, or at the key frame before it. */
async function glanceOn(
  ffmpeg: Ffmpeg,
  source: Source,
  seconds: number,
  which: 'key' | 'exact',
  signal: AbortSignal,
): Promise<Glance | null> {
  const seen = await glanceAt(ffmpeg, source, { seconds, which, ...glanceSize, signal });
  return seen === null ? null : glanceOf(seen.grey, seen.pts);
}

/** The frame at a time, in ticks, or the first one after it. */
async function frameAt(
  ffmpeg: Ffmpeg,
  source: Source,
  pts: number,
  signal: AbortSignal,
): Promise<TellingFrame | null> {
  const { num, den } = source.video.timeBase;
  const request = { seekTo: pts, range: { from: pts }, maxFrames: 1, signal };
  for await (const frame of decodeFrames(ffmpeg, source, request)) {
    return { time: (frame.pts * num) / den - source.startTime, data: frame.data.slice() };
  }
  return null;
}

/** Sharp ones that differ: one of each equal part of the clip, as far as there are some. */
async function chosen(
  ffmpeg: Ffmpeg,
  source: Source,
  count: number,
  span: readonly [from: number, to: number],
  signal: AbortSignal,
): Promise<number[]> {
  const [from, to] = span;
  const looks = count * glancesPerFrame;
  const times = Array.from({ length: looks }, (_, i) => from + ((i + 0.5) * (to - from)) / looks);
  const glances: (Glance | null)[] = [];
  // Two at a time: a look is mostly the start of a process.
  for (let i = 0; i < looks; i += 2) {
    const pair = times.slice(i, i + 2).map((time) => glanceOn(ffmpeg, source, time, 'key', signal));
    glances.push(...(await Promise.all(pair)));
  }
  const kept: Glance[] = [];
  for (let part = 0; part < count; part++) {
    const here = glances.slice(part * glancesPerFrame, (part + 1) * glancesPerFrame);
    const isFresh = (glance: Glance | null): glance is Glance =>
      glance !== null &&
      kept.every(
        ({ pts, thumbnail }) =>
          pts !== glance.pts && difference(thumbnail, glance.thumbnail) >= sameDifference,
      );
    const best = here.filter(isFresh).sort((a, b) => b.sharpness - a.sharpness)[0];
    if (best !== undefined) kept.push(best);
    else {
      // Key frames are rare here: one within the part will do.
      const middle = times[part * glancesPerFrame + (glancesPerFrame >> 1)]!;
      const exact = await glanceOn(ffmpeg, source, middle, 'exact', signal);
      if (isFresh(exact)) kept.push(exact);
    }
  }
  return kept.map(({ pts }) => pts);
}

/** What to show of a clip. */
export type FrameWish = {
  /** The most frames that are chosen. */
  readonly frames: number;
  /** Times in seconds after the beginning instead; empty to choose. */
  readonly at: readonly number[];
  /** The part of the clip, in seconds after its beginning. */
  readonly start: number | null;
  readonly end: number | null;
};

/**
 * Frames that show what a clip is like: sharp, different from each other, and from all over it; or
 * those at the times asked for. Throws VsrError `media` where none decodes, `option` for a time
 * after the clip's end.
 */
export async function tellingFrames(
  ffmpeg: Ffmpeg,
  source: Source,
  wish: FrameWish,
  signal: AbortSignal,
): Promise<TellingFrame[]> {
  const { startTime, video } = source;
  const { num, den } = video.timeBase;
  const duration = video.duration ?? source.duration ?? 0;
  const ticks = (seconds: number): number => Math.ceil(((startTime + seconds) * den) / num - 1e-6);
  for (const time of wish.at) {
    if (duration > 0 && time >= duration) {
      const end = duration.toFixed(3);
      throw new VsrError(
        'option',
        `Expected times before the clip's end (${end} s) for --at but received ${time}.`,
      );
    }
  }
  const from = startTime + (wish.start ?? 0);
  const to = startTime + Math.min(wish.end ?? duration, duration);
  let places = wish.at.map(ticks);
  if (places.length === 0) {
    places = await chosen(ffmpeg, source, wish.frames, [from, Math.max(from, to)], signal);
  }
  const frames: TellingFrame[] = [];
  for (const place of places) {
    const frame = await frameAt(ffmpeg, source, place, signal);
    if (frame !== null) frames.push(frame);
  }
  if (frames.length === 0) {
    // Nothing was found by seeking: the first frame is somewhere.
    const first = await frameAt(ffmpeg, source, ticks(wish.start ?? 0), signal);
    if (first === null) throw new VsrError('media', `No frame of ${source.path} could be decoded.`);
    frames.push(first);
  }
  return frames;
}
