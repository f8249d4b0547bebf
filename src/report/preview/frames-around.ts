import { STEADY_REACH } from '../../enlarge/steady/steady-luma.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { Source } from '../../media/source/source.js';
import type { Frame } from '../../planes/frame.js';
import { framesPerSecond } from '../../planes/ratio.js';

/** A frame to show. */
export type TellingFrame = {
  /** Seconds after the clip's beginning. */
  readonly time: number;
  /** The frame's bytes, in the source's `format`. */
  readonly data: Uint8Array;
  /**
   * The two frames before it and the two after, `null` where there are none; empty unless asked
   * for.
   */
  readonly around: readonly (Uint8Array | null)[];
};

/** A frame with those around it, and its time in ticks of the source's time base. */
export type FrameAmong = TellingFrame & { readonly pts: number };

/** A time in ticks, as seconds after the clip's beginning. */
export const timeOf = (pts: number, { video, startTime }: Source): number =>
  (pts * video.timeBase.num) / video.timeBase.den - startTime;

/** The frame at a time, in ticks, or the first one after it. */
export async function frameAt(
  ffmpeg: Ffmpeg,
  source: Source,
  pts: number,
  signal: AbortSignal,
): Promise<TellingFrame | null> {
  const request = { seekTo: pts, range: { from: pts }, maxFrames: 1, signal };
  for await (const frame of decodeFrames(ffmpeg, source, request)) {
    return { time: timeOf(frame.pts, source), data: frame.data.slice(), around: [] };
  }
  return null;
}

/** What is decoded to reach frames and those around them, in ticks. */
type Approach = {
  /** Each frame is the first one at or after one of these times, which ascend. */
  readonly times: readonly number[];
  readonly from: number;
};

/** A frame with those around it, and how many frames there were before it since `from`. */
type Surrounded = { readonly frame: FrameAmong; readonly before: number };

/** Frames with those around them, by one run of the decoder. */
async function* surrounded(
  ffmpeg: Ffmpeg,
  source: Source,
  { times, from }: Approach,
  signal: AbortSignal,
): AsyncGenerator<Surrounded> {
  const decoded = decodeFrames(ffmpeg, source, { seekTo: from, range: { from }, signal });
  /** The last frames. */
  const near: Frame[] = [];
  /** Frames found, by their index, that still lack frames after them. */
  const found: number[] = [];
  let left = times;
  const complete = (index: number): Surrounded => {
    const at = (offset: number): Uint8Array | null =>
      near.find((frame) => frame.index === index + offset)?.data.slice() ?? null;
    const { pts } = near.find((frame) => frame.index === index)!;
    const around = [at(-2), at(-1), at(1), at(2)];
    return { frame: { pts, time: timeOf(pts, source), data: at(0)!, around }, before: index };
  };
  for await (const frame of decoded) {
    near.push(frame);
    while (left.length > 0 && frame.pts >= left[0]!) {
      found.push(frame.index);
      left = left.slice(1);
    }
    while (found.length > 0 && frame.index >= found[0]! + STEADY_REACH) {
      yield complete(found.shift()!);
    }
    if (left.length === 0 && found.length === 0) return;
    if (near.length > 2 * STEADY_REACH) decoded.release(near.shift()!);
  }
  for (const index of found) yield complete(index);
}

/** The first that `surrounded` gives. */
async function firstSurrounded(
  ...request: Parameters<typeof surrounded>
): Promise<Surrounded | null> {
  for await (const found of surrounded(...request)) return found;
  return null;
}

/** Ticks of `frames` frames at the clip's usual rate. */
function ticksOf(frames: number, { video }: Source): number {
  const { num, den } = video.timeBase;
  return (frames * (den / num)) / (framesPerSecond(video.frameRate) || 25);
}

/** The clip's first tick. */
function firstTick({ startTime, video }: Source): number {
  return Math.floor((startTime * video.timeBase.den) / video.timeBase.num);
}

/** A frame to find: the first one at or after a time, in ticks. */
export type Place = {
  readonly pts: number;
  /** It is a key frame. Then the second frame after it will do, too, and needs less decoding. */
  readonly isKey: boolean;
};

/** A frame with those around it, reached by decoding as few frames as possible. */
export async function frameAmong(
  ffmpeg: Ffmpeg,
  source: Source,
  { pts, isKey }: Place,
  signal: AbortSignal,
): Promise<FrameAmong | null> {
  if (isKey) {
    const after = Math.ceil(pts + ticksOf(STEADY_REACH - 0.5, source));
    const approach = { times: [after], from: pts };
    const found = await firstSurrounded(ffmpeg, source, approach, signal);
    if (found !== null && found.before >= STEADY_REACH) return found.frame;
  }
  const first = firstTick(source);
  // Where frames are further apart than they usually are, more is decoded.
  for (let frames = STEADY_REACH + 0.5; ; frames *= 8) {
    const from = Math.max(first, Math.floor(pts - ticksOf(frames, source)));
    const found = await firstSurrounded(ffmpeg, source, { times: [pts], from }, signal);
    const isWhole = found === null || found.before >= STEADY_REACH || from === first;
    if (isWhole) return found?.frame ?? null;
  }
}

/**
 * Frames with those around them, for times (in ticks) that ascend and lie behind one key frame, so
 * that what is decoded to reach one is on the way to the next.
 */
export async function framesAmong(
  ffmpeg: Ffmpeg,
  source: Source,
  times: readonly number[],
  signal: AbortSignal,
): Promise<FrameAmong[]> {
  const first = firstTick(source);
  const from = Math.max(first, Math.floor(times[0]! - ticksOf(STEADY_REACH + 0.5, source)));
  const frames: FrameAmong[] = [];
  for await (const { frame, before } of surrounded(ffmpeg, source, { times, from }, signal)) {
    const isWhole = before >= STEADY_REACH || from === first;
    const whole = isWhole
      ? frame
      : await frameAmong(ffmpeg, source, { ...frame, isKey: false }, signal);
    if (whole !== null) frames.push(whole);
  }
  return frames;
}
