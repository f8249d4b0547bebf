import { usualRate } from '../../planes/ratio.js';
import type { Ratio } from '../../planes/ratio.js';

/** What ffmpeg's showinfo filter says about one frame. */
export type FrameInfo = {
  /** Ticks; `null` for a frame without a timestamp. */
  readonly pts: number | null;
  /** Size as decoded, before any scaling. */
  readonly width: number;
  readonly height: number;
  /** Whether the decoder calls it a key frame. */
  readonly key: boolean;
  /** Picture type: I, P, B, or another of ffmpeg's; `?` where the decoder does not say. */
  readonly kind: string;
  /** The field that is shown first, by the frame's flags; `null` where they say progressive. */
  readonly field: 'top' | 'bottom' | null;
};

/**
 * Reads the log lines of one showinfo filter. They are told from other lines by the filter's name,
 * which should be random, so that a file's name or tags cannot forge them.
 */
export function showinfoParser(instance: string): {
  /** The frame that a line describes; `null` for any other line. */
  readonly frame: (line: string) => FrameInfo | null;
  /** The time base that a line announces; `null` for any other line. */
  readonly timeBase: (line: string) => Ratio | null;
  /** Whether the line is this filter's at all. */
  readonly owns: (line: string) => boolean;
} {
  const start = `[showinfo@${instance} @ `;
  const owns = (line: string): boolean => line.startsWith(start);
  return {
    owns,
    frame(line) {
      if (!owns(line)) return null;
      const match =
        /\] n: *\d+ pts: *(NOPTS|-?\d+) .* s:(\d+)x(\d+) i:(\S) iskey:(\d)(?: type:(\S))?/.exec(
          line,
        );
      if (match === null) return null;
      return {
        pts: match[1] === 'NOPTS' ? null : Number(match[1]),
        width: Number(match[2]),
        height: Number(match[3]),
        field: match[4] === 'T' ? 'top' : match[4] === 'B' ? 'bottom' : null,
        key: match[5] === '1',
        kind: match[6] ?? '?',
      };
    },
    timeBase(line) {
      if (!owns(line)) return null;
      const match = /config in time_base: (\d+)\/(\d+)/.exec(line);
      return match === null ? null : { num: Number(match[1]), den: Number(match[2]) };
    },
  };
}

/**
 * Converts `ticks` of the time base `from` into ticks of `to`, rounded to the nearest. Exact as
 * long as the result is a safe integer.
 */
export function rescale(ticks: number, from: Ratio, to: Ratio): number {
  if (from.num * to.den === to.num * from.den) return ticks;
  const num = BigInt(ticks) * BigInt(from.num) * BigInt(to.den);
  const den = BigInt(from.den) * BigInt(to.num);
  const doubled = 2n * num + den;
  const quotient = doubled / (2n * den);
  // BigInt division rounds towards zero; negative numbers must be rounded down.
  return Number(doubled % (2n * den) < 0n ? quotient - 1n : quotient);
}

/** Converts ticks of `timeBase` into seconds. */
export function seconds(ticks: number, timeBase: Ratio): number {
  return (ticks * timeBase.num) / timeBase.den;
}

/** Ticks of one frame at `rate`, at least 1; 25 frames per second where the rate is unknown. */
export function ticksPerFrame(rate: Ratio | null, timeBase: Ratio): number {
  const { num, den } = rate ?? usualRate;
  return Math.max(1, Math.round((den * timeBase.den) / (num * timeBase.num)));
}

/** Gives every frame a timestamp later than the one before. */
export interface TimestampMender {
  /** The timestamp to use for the next frame, whose own is `pts`, in ticks. */
  next(pts: number | null): number;
  /** Number of frames that had no timestamp. */
  readonly invented: number;
  /** Number of frames whose timestamp was not later than that of the frame before. */
  readonly moved: number;
}

/**
 * A frame without a timestamp is put `step` ticks after the one before; the first one at `start`. A
 * frame that is not later than the one before is moved to the tick after it.
 */
export function timestampMender(step: number, start: number): TimestampMender {
  let last: number | null = null;
  let invented = 0;
  let moved = 0;
  return {
    next(pts) {
      if (pts === null) {
        invented += 1;
        last = last === null ? start : last + step;
      } else if (last !== null && pts <= last) {
        moved += 1;
        last += 1;
      } else {
        last = pts;
      }
      return last;
    },
    get invented() {
      return invented;
    },
    get moved() {
      return moved;
    },
  };
}
