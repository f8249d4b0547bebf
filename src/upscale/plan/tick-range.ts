import { badValue } from '../../errors.js';
import type { Trim } from '../../media/output/output-plan.js';
import type { Source } from '../../media/source/source.js';
import type { Settings } from './settings.js';

/** The wanted part of the clip, in ticks: from inclusive, to exclusive. */
export type TickRange = { readonly from?: number; readonly to?: number };

/** Ticks of the frames between `start` and `end` seconds after the clip's beginning. */
export function tickRange(source: Source, settings: Settings): TickRange {
  const { num, den } = source.video.timeBase;
  const ticks = (seconds: number): number =>
    Math.ceil(((source.startTime + seconds) * den) / num - 1e-6);
  return {
    ...(settings.start === null ? {} : { from: ticks(settings.start) }),
    ...(settings.end === null ? {} : { to: ticks(settings.end) }),
  };
}

/** Throws VsrError `option` for a start at or after the clip's end. */
export function checkStart({ video, duration }: Source, { start }: Settings): void {
  const seconds = video.duration ?? duration;
  if (start === null || seconds === null || start < seconds) return;
  throw badValue(`a time before the clip's end (${seconds.toFixed(3)} s)`, 'start', start);
}

/** The part of the sound that belongs to the wanted part of the clip. */
export function trimOf(source: Source, settings: Settings): { trim?: Trim } {
  const { start, end, frames } = settings;
  if (start === null && end === null && frames === Infinity) return {};
  return {
    trim: {
      from: start === null ? undefined : source.startTime + start,
      to: end === null ? undefined : source.startTime + end,
      frames: frames === Infinity ? undefined : frames,
    },
  };
}
