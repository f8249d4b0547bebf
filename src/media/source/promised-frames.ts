import type { Source } from './source.js';

/**
 * The number of frames that are shown according to the container; `null` where it states none. MP4
 * and QuickTime count all samples, also those that an edit list hides in a clip that was trimmed
 * without encoding. There the number that follows from duration and frame rate is a limit.
 */
export function promisedFrames({ container, video }: Source): number | null {
  const { frameCount, frameRate, duration } = video;
  if (frameCount === null || !/(?:^|,)mov(?:,|$)/.test(container)) return frameCount;
  if (frameRate === null || duration === null) return frameCount;
  return Math.min(frameCount, Math.round((duration * frameRate.num) / frameRate.den));
}
