import { STEADY_REACH } from '../../enlarge/steady/steady-luma.js';
import { decodeFrames } from '../../media/decode/decode.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { Source } from '../../media/source/source.js';
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

/** What is decoded to reach a frame and those around it, in ticks. */
type Approach = {
  /** The frame is the first one at or after this time. */
  readonly pts: number;
  readonly from: number;
};

/** The frame and those around it, and how many frames there were before it since `from`. */
async function surrounded(
  ffmpeg: Ffmpeg,
  source: Source,
  { pts, from }: Approach,
  signal: AbortSignal,
): Promise<{ readonly frame: TellingFrame; readonly before: number } | null> {
  const kept: { pts: number; data: Uint8Array }[] = [];
  let own = -1;
  let before = 0;
  const decoded = decodeFrames(ffmpeg, source, { seekTo: from, range: { from }, signal });
  for await (const frame of decoded) {
    kept.push({ pts: frame.pts, data: frame.data.slice() });
    decoded.release(frame);
    if (own < 0 && frame.pts >= pts) own = kept.length - 1;
    if (own < 0) before++;
    if (own < 0 && kept.length > STEADY_REACH) kept.shift();
    if (own >= 0 && kept.length > own + STEADY_REACH) break;
  }
  const found = kept[own];
  if (found === undefined) return null;
  const at = (offset: number): Uint8Array | null => kept[own + offset]?.data ?? null;
  const around = [at(-2), at(-1), at(1), at(2)];
  return { frame: { time: timeOf(found.pts, source), data: found.data, around }, before };
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
): Promise<TellingFrame | null> {
  const { startTime, video } = source;
  const { num, den } = video.timeBase;
  const ticks = den / num / (framesPerSecond(video.frameRate) || 25);
  if (isKey) {
    const after = { pts: Math.ceil(pts + (STEADY_REACH - 0.5) * ticks), from: pts };
    const found = await surrounded(ffmpeg, source, after, signal);
    if (found !== null && found.before >= STEADY_REACH) return found.frame;
  }
  const first = Math.floor((startTime * den) / num);
  // Where frames are further apart than they usually are, more is decoded.
  for (let frames = STEADY_REACH + 0.5; ; frames *= 8) {
    const from = Math.max(first, Math.floor(pts - frames * ticks));
    const found = await surrounded(ffmpeg, source, { pts, from }, signal);
    const isWhole = found === null || found.before >= STEADY_REACH || from === first;
    if (isWhole) return found?.frame ?? null;
  }
}
