import { isIndexed } from '../../media/source/source.js';
import { keyframes } from '../../media/source/packets.js';
import { checkReadable } from '../plan/identity.js';
import type { JobContext } from './job-context.js';
import {
  planBlindSegments,
  planSegments,
  usualSeconds,
  wholeClip,
  type Segment,
} from './segment-plan.js';

/** Clips shorter than this many segments are not cut. */
const leastSegments = 2.5;

/** Cuts the clip of a job into segments, at its keyframes where they can be found again. */
export async function cutClip({ ffmpeg, plan, signal }: JobContext): Promise<Segment[]> {
  const { source, settings, range } = plan;
  const { video } = source;
  const length = settings.segmentSeconds ?? usualSeconds(video, video.frameRate);
  const seconds = video.duration ?? source.duration;
  const short = seconds !== null && seconds < leastSegments * length;
  if (!settings.segments || short) return wholeClip(range);
  // A deinterlacer also uses neighbouring frames: only a clip read from its beginning gives the
  // same frames.
  const isMade = video.fields !== null || video.runs !== null;
  if (!isMade && source.raw === null && isIndexed(source.container)) {
    const keys = await keyframes(ffmpeg, source, signal);
    // ffprobe does not report what it could not read, and the plan would end there.
    if (!settings.allowDamaged) await checkReadable(source.path, signal);
    const times = keys.map((key) => key.pts);
    return planSegments(times, video.timeBase, range, length);
  }
  if (seconds === null) return wholeClip(range);
  const ticks = (time: number): number =>
    Math.round((time * video.timeBase.den) / video.timeBase.num);
  const start = video.startTime ?? source.startTime;
  return planBlindSegments(ticks(start), ticks(start + seconds), video.timeBase, range, length);
}
