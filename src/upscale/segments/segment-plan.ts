import { framesPerSecond, type Ratio } from '../../planes/ratio.js';
import type { TickRange } from '../plan/tick-range.js';

/** A part of the clip between two cut points: the unit of resuming and of sharing work. */
export type Segment = {
  /** Place in the clip, from 0. */
  readonly number: number;
  /** Ticks of the first frame; `null` for the clip's beginning, whatever its first time is. */
  readonly from: number | null;
  /** Ticks before which its frames lie; `null` for the clip's end. */
  readonly to: number | null;
  /**
   * Ticks of the keyframe at which reading may start if the segment before has not just been read;
   * `null` to read from the clip's beginning and skip what comes before the segment.
   */
  readonly seekTo: number | null;
};

/**
 * Default of the least length of a segment, in seconds. Resuming loses about this much work at
 * most.
 */
export const SEGMENT_SECONDS = 10;

/**
 * Least number of luma samples in a segment. Beginning and ending a segment costs 0.1 s of one
 * core: with tiny pictures, whose seconds are enlarged almost at once, that would be more than 2 %.
 */
const LEAST_SAMPLES = 1e7;

/**
 * Least length, in seconds, of a segment of such pictures at `rate` pictures per second (the usual
 * rate where it is unknown).
 */
export function usualSeconds(
  { width, height }: { readonly width: number; readonly height: number },
  rate: Ratio | null,
): number {
  const perSecond = width * height * framesPerSecond(rate);
  return Math.max(SEGMENT_SECONDS, LEAST_SAMPLES / perSecond);
}

/** The one segment of a clip that is not cut. */
export function wholeClip(range: TickRange): Segment[] {
  return [{ number: 0, from: range.from ?? null, to: range.to ?? null, seekTo: null }];
}

/**
 * Cuts a clip at keyframes into segments of at least `seconds`. The last one has at least half of
 * that before its last keyframe or the end of `range`. Frames that come before a keyframe in time
 * but after it in the file (open GOPs) belong to the segment before, which reads on until its last
 * time; so every frame is in exactly one segment.
 *
 * `keyframes` are their times in ticks of `timeBase`, in file order. A clip whose keyframes do not
 * rise in time is not cut.
 */
export function planSegments(
  keyframes: readonly number[],
  timeBase: Ratio,
  range: TickRange,
  seconds = SEGMENT_SECONDS,
): Segment[] {
  const rising = keyframes.every((pts, i) => i === 0 || pts > keyframes[i - 1]!);
  if (!rising || keyframes.length < 2) return wholeClip(range);
  const least = (seconds * timeBase.den) / timeBase.num;
  const start = range.from ?? keyframes[0]!;
  const end = range.to ?? keyframes.at(-1)!;
  const cuts: number[] = [];
  for (const pts of keyframes) {
    if (pts - (cuts.at(-1) ?? start) >= least && end - pts >= least / 2) cuts.push(pts);
  }
  const before = (pts: number): number | null => keyframes.findLast((key) => key <= pts) ?? null;
  const first = range.from === undefined ? null : before(range.from);
  return [null, ...cuts].map((cut, number) => ({
    number,
    from: cut ?? range.from ?? null,
    to: cuts[number] ?? range.to ?? null,
    seekTo: cut ?? first,
  }));
}

/**
 * Cuts a clip whose container has no reliable index of keyframes: every `seconds` from `start` to
 * about `end` (ticks). A job that resumes with such a segment reads from the clip's beginning, so
 * any time will do.
 */
export function planBlindSegments(
  start: number,
  end: number,
  timeBase: Ratio,
  range: TickRange,
  seconds = SEGMENT_SECONDS,
): Segment[] {
  const step = (seconds * timeBase.den) / timeBase.num;
  const first = range.from ?? start;
  const last = Math.min(end, range.to ?? end);
  const cuts: number[] = [];
  for (let i = 1; first + (i + 0.5) * step <= last; i++) cuts.push(Math.round(first + i * step));
  return [null, ...cuts].map((cut, number) => ({
    number,
    from: cut ?? range.from ?? null,
    to: cuts[number] ?? range.to ?? null,
    seekTo: null,
  }));
}
