import type { VideoStream } from '../source/source.js';

/** Formats that ffmpeg's nlmeans filter takes without conversion. */
const takenFormats = /^(?:yuvj?4(?:10|11|20|22|40|44)p|gray)$/;

/** Whether noise can be removed from a stream's frames while they are decoded. */
export function canDenoise({ request }: VideoStream): boolean {
  return takenFormats.test(request);
}

/**
 * The strength of nlmeans whose result is nearest to the clean picture. It grows linearly with the
 * noise's standard deviation, as measured at 3, 6 and 13 grey levels (docs/old-footage.md).
 */
const strengthOf = (level: number): number => 0.6 + 0.75 * level;

/** The range of nlmeans' strength. */
const [weakest, strongest] = [1, 30];

/**
 * The filter that removes noise with a standard deviation of `level` grey levels of 255: non-local
 * means, which averages every place with others that look like it.
 */
export function denoiser(level: number): string {
  const strength = Math.min(strongest, Math.max(weakest, strengthOf(level)));
  return `nlmeans=s=${strength.toFixed(2)}`;
}
