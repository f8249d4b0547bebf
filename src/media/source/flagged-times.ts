import { inLowestTerms } from '../../planes/ratio.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { packetsOf } from './packets.js';
import { remarksOn } from './probe-video.js';
import type { Source } from './source.js';

/** Frames by which two lengths may differ before they count as different. */
const mostApart = 1.5;

/**
 * A bare MPEG stream has no timestamps, but its frames may have flags by which some are shown for
 * three fields (ISO/IEC 13818-2, repeat_first_field). Where these make its frames last otherwise
 * than at a steady rate, as film between video does, times follow from them, and the rate is that
 * of frames without the flag. Reads the whole file, without decoding.
 */
export async function withFlaggedTimes(
  ffmpeg: Ffmpeg,
  source: Source,
  signal?: AbortSignal,
): Promise<Source> {
  const { frameRate, timeBase } = source.video;
  if (source.container !== 'mpegvideo' || frameRate === null) return source;
  const steady = (frameRate.den * timeBase.den) / (frameRate.num * timeBase.num);
  let first: number | null = null;
  let [last, steps, shortest] = [0, 0, Infinity];
  for await (const { dts } of packetsOf(ffmpeg, source, signal)) {
    if (dts === null) continue;
    if (first !== null) {
      steps++;
      shortest = Math.min(shortest, dts - last);
    }
    first ??= dts;
    last = dts;
  }
  const apart = Math.abs(last - (first ?? 0) - steps * steady);
  if (apart <= mostApart * steady || shortest <= 0) return source;
  const ofVideo = inLowestTerms({ num: timeBase.den, den: timeBase.num * shortest });
  const video = { ...source.video, times: 'flags', frameRate: ofVideo } as const;
  const streams = source.streams.map((each) => (each.index === video.index ? video : each));
  return { ...source, video, streams, remarks: remarksOn(video) };
}
