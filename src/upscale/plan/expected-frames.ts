import { usefulWorkers } from '../../enlarge/worker-pool.js';
import { promisedFrames } from '../../media/source/promised-frames.js';
import type { Source } from '../../media/source/source.js';
import type { Settings } from './settings.js';

/** What decides the number of frames. */
type ExpectedOf = { readonly source: Source; readonly settings: Settings };

/** Number of frames that will come out; `null` where the container does not say. */
export function expectedFrames({ source, settings }: ExpectedOf): number | null {
  const { video, duration } = source;
  const rate = video.frameRate === null ? null : video.frameRate.num / video.frameRate.den;
  const seconds = video.duration ?? duration;
  const whole =
    promisedFrames(source) ??
    (rate === null || seconds === null ? null : Math.round(rate * seconds));
  const { start, end } = settings;
  let frames = whole;
  if (rate !== null && seconds !== null && (start !== null || end !== null)) {
    frames = Math.max(0, Math.round((Math.min(end ?? seconds, seconds) - (start ?? 0)) * rate));
  }
  return settings.frames === Infinity ? frames : Math.min(settings.frames, frames ?? Infinity);
}

/**
 * The inference threads of a clip: as many as were asked for, otherwise as many as are worth their
 * start.
 */
export function workersOf(job: ExpectedOf): number {
  const { width, height } = job.source.video;
  const frames = expectedFrames(job);
  return job.settings.workers ?? usefulWorkers(frames === null ? null : frames * width * height);
}
