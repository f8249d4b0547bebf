import type { Source } from './source.js';

/**
 * The frames that a container says it shows; `null` where it says nothing. MP4 and QuickTime count
 * all samples, also those that an edit list hides, as in a clip that was trimmed without encoding
 * it again: there its length tells how many are shown, on the average.
 */
export function promisedFrames({ container, video }: Source): number | null {
  const { frameCount, frameRate, duration } = video;
  if (frameCount === null || !/(?:^|,)mov(?:,|$)/.test(container)) return frameCount;
  if (frameRate === null || duration === null) return frameCount;
  return Math.min(frameCount, Math.round((duration * frameRate.num) / frameRate.den));
}
