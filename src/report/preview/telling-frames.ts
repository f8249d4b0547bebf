import { VsrError } from '../../errors.js';
import { canSeek } from '../../media/decode/decode-command.js';
import { framesAt } from '../../media/frames/frames-at.js';
import { glanceAt } from '../../media/frames/glance.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { keyframes } from '../../media/source/packets.js';
import type { Source } from '../../media/source/source.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import { framesPerSecond } from '../../planes/ratio.js';
import {
  frameAmong,
  frameAt,
  framesAmong,
  timeOf,
  type Place,
  type TellingFrame,
} from './frames-around.js';

/** A frame as seen small and in grey, which shows how sharp it is and whether it differs. */
type Glance = {
  /** In ticks of the source's time base. */
  readonly pts: number;
  readonly sharpness: number;
  readonly thumbnail: Float32Array;
  /** The whole frame, with those around it where they are needed, if this decoded it anyway. */
  readonly frame?: TellingFrame;
};

/** Size, in samples, to which frames are reduced to compare them. */
const glanceSize = { width: 480, height: 270 };
/** Side, in samples, of the squares whose means make up a thumbnail. */
const cell = 15;

/** How many frames are compared for each one that is shown. */
const glancesPerFrame = 2;

/** The key frames of clips of up to this many seconds are listed first. */
const shortSeconds = 60;

/** Luma samples that are decoded at most to reach frames between key frames: 10 s of 1080p. */
const mostDecoded = 250 * 1920 * 1080;

/** Mean difference of thumbnails, in sample values, below which two frames show the same. */
const sameDifference = 4;

/** The luma of a frame reduced to `small`, in full range; each sample is a mean of 16. */
function smallLuma(
  data: Uint8Array,
  { width, height, sampleBytes, format }: FrameLayout,
  small: { readonly width: number; readonly height: number },
  isFull: boolean,
): Uint8Array {
  const scale = 2 ** (8 - format.bitDepth);
  const sample = (x: number, y: number): number => {
    const i = (y * width + x) * sampleBytes;
    return sampleBytes === 1 ? data[i]! : (data[i]! + 256 * data[i + 1]!) * scale;
  };
  const grey = new Uint8Array(small.width * small.height);
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      let sum = 0;
      for (let part = 0; part < 16; part++) {
        const atX = Math.floor(((x + ((part & 3) + 0.5) / 4) * width) / small.width);
        const atY = Math.floor(((y + ((part >> 2) + 0.5) / 4) * height) / small.height);
        sum += sample(atX, atY) / 16;
      }
      const full = isFull ? sum : ((sum - 16) * 255) / 219;
      grey[y * small.width + x] = Math.max(0, Math.min(255, Math.round(full)));
    }
  }
  return grey;
}

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

/** Where frames are looked for, and how. */
type Search = {
  /** Seconds on the source's clock. */
  readonly span: readonly [from: number, to: number];
  /** See `FrameWish`. */
  readonly isAveraged: boolean;
  readonly signal: AbortSignal;
};

/** Looks at frames between key frames, and keeps them; decodes once for each key frame. */
async function glancesBetween(
  ffmpeg: Ffmpeg,
  source: Source,
  times: readonly number[],
  keys: readonly number[],
  { isAveraged, signal }: Search,
): Promise<Glance[]> {
  const { video } = source;
  const { num, den } = video.timeBase;
  const seconds = (pts: number): number => (pts * num) / den;
  const byKey = new Map<number | undefined, number[]>();
  for (const time of times) {
    const key = keys.findLast((pts) => seconds(pts) <= time);
    byKey.set(key, [...(byKey.get(key) ?? []), time]);
  }
  const rate = framesPerSecond(video.frameRate);
  const layout = frameLayout(video.format, video.width, video.height);
  const found: Glance[] = [];
  let left = mostDecoded;
  for (const [key, group] of byKey) {
    const from = key === undefined ? source.startTime : seconds(key);
    const decoded = (last: number): number => (last - from) * rate * video.width * video.height;
    // Frames too far from a key frame are left out, since decoding up to them takes too long.
    const near = group.filter((time) => decoded(time) <= left);
    if (near.length === 0) continue;
    left -= decoded(near.at(-1)!);
    const ticks = near.map((time) => Math.ceil((time * den) / num - 1e-6));
    const frames = isAveraged
      ? await framesAmong(ffmpeg, source, ticks, signal)
      : await framesAt(ffmpeg, source, { seekTo: key, times: near, signal });
    for (const frame of frames) {
      const grey = smallLuma(frame.data, layout, glanceSize, video.colour.range === 'pc');
      const whole = { around: [], time: timeOf(frame.pts, source), ...frame };
      found.push({ ...glanceOf(grey, frame.pts), frame: whole });
    }
  }
  return found;
}

/**
 * Sharp frames that differ: one from each of `count` equal parts of the clip, where there is one.
 */
async function chosen(
  ffmpeg: Ffmpeg,
  source: Source,
  count: number,
  search: Search,
): Promise<Glance[]> {
  const { signal } = search;
  const [from, to] = search.span;
  const { num, den } = source.video.timeBase;
  const looks = count * glancesPerFrame;
  const times = Array.from({ length: looks }, (_, i) => from + ((i + 0.5) * (to - from)) / looks);
  // Listing all key frames of a short clip is quick, and then each is looked at once at most.
  const isShort = to - from <= shortSeconds && canSeek(source);
  const keys = isShort ? (await keyframes(ffmpeg, source, signal)).map(({ pts }) => pts) : [];
  const before = (time: number): number | undefined =>
    keys.findLast((pts) => (pts * num) / den <= time && (pts * num) / den >= from - 1e-6);
  /** A time that leads to the key frame at `pts`: older ffmpegs seek to 0.13 s before it. */
  const within = (pts: number): number => {
    const next = keys.find((key) => key > pts);
    const gap = next === undefined ? to - (pts * num) / den : ((next - pts) * num) / den;
    return (pts * num) / den + Math.max(0, Math.min(0.5, gap / 2));
  };
  const places = isShort ? times.map(before) : times;
  const seen = new Map<number, Glance | null>();
  const distinct = [...new Set(places)].filter((place) => place !== undefined);
  // Two at a time, since most of the time goes into starting a process.
  for (let i = 0; i < distinct.length; i += 2) {
    const pair = distinct.slice(i, i + 2).map(async (place) => {
      const seconds = isShort ? within(place) : place;
      seen.set(place, await glanceOn(ffmpeg, source, seconds, 'key', signal));
    });
    await Promise.all(pair);
  }
  const kept: Glance[] = [];
  const isFresh = (glance: Glance | null): glance is Glance =>
    glance !== null &&
    kept.every(
      ({ pts, thumbnail }) =>
        pts !== glance.pts && difference(thumbnail, glance.thumbnail) >= sameDifference,
    );
  const bare: number[] = [];
  for (let part = 0; part < count; part++) {
    const here = places
      .slice(part * glancesPerFrame, (part + 1) * glancesPerFrame)
      .map((place) => (place === undefined ? null : (seen.get(place) ?? null)));
    const best = here.filter(isFresh).sort((a, b) => b.sharpness - a.sharpness)[0];
    if (best !== undefined) kept.push(best);
    else bare.push(times[part * glancesPerFrame + (glancesPerFrame >> 1)]!);
  }
  // Parts without a key frame of their own show a frame between key frames.
  if (isShort) {
    const others = await glancesBetween(ffmpeg, source, bare, keys, search);
    for (const glance of others) if (isFresh(glance)) kept.push(glance);
  } else {
    for (const time of bare) {
      const exact = await glanceOn(ffmpeg, source, time, 'exact', signal);
      if (isFresh(exact)) kept.push(exact);
    }
  }
  return kept.sort((a, b) => a.pts - b.pts);
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
  /** Whether each frame is needed with those around it, which are averaged with it. */
  readonly isAveraged: boolean;
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
  const { isAveraged } = wish;
  const span = [from, Math.max(from, to)] as const;
  const places: readonly Pick<Glance, 'pts' | 'frame'>[] =
    wish.at.length > 0
      ? wish.at.map((time) => ({ pts: ticks(time) }))
      : await chosen(ffmpeg, source, wish.frames, { span, isAveraged, signal });
  const frameOf = (place: Place): Promise<TellingFrame | null> =>
    isAveraged
      ? frameAmong(ffmpeg, source, place, signal)
      : frameAt(ffmpeg, source, place.pts, signal);
  const frames: TellingFrame[] = [];
  for (const { pts, frame: known } of places) {
    const frame = known ?? (await frameOf({ pts, isKey: wish.at.length === 0 }));
    if (frame !== null) frames.push(frame);
  }
  if (frames.length === 0) {
    // Where seeking found nothing, the first frame of the part is shown.
    const first = await frameOf({ pts: ticks(wish.start ?? 0), isKey: false });
    if (first === null) throw new VsrError('media', `No frame of ${source.path} could be decoded.`);
    frames.push(first);
  }
  return frames;
}
