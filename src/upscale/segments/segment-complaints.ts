import type { DecodeReport } from '../../media/decode/decode-report.js';
import type { Segment } from './segment-plan.js';

/** Complaints of the decoder within a segment. Ticks are those of the frame that it gave next. */
export type SegmentComplaints = {
  readonly count: number;
  /** Text of the first complaint; empty without one. */
  readonly text: string;
  /** `null` where no frame came after it. */
  readonly firstPts: number | null;
  readonly lastPts: number | null;
  /** How many of them say only that the first frames' references are missing. */
  readonly unstarted: number;
};

export const noComplaints: SegmentComplaints = {
  ...{ count: 0, text: '', firstPts: null, lastPts: null, unstarted: 0 },
};

/**
 * What decoders say of pictures whose references lie before the beginning of the file, and of no
 * others at its start.
 */
const unstartedWords =
  /corrupt decoded frame|no frame!|non-existing [SP]PS|reference picture|Could not find ref|mmco|decode_slice_header error|Frame num|co located POCs|first frame is no keyframe|Error (?:while decoding stream|submitting packet)/i;

/**
 * Ticks of the first frame that is not damaged, or of the last one where all are; `Infinity`
 * without frames. `frames` are the ticks of a segment's first frames, `damaged` the numbers of the
 * damaged ones, rising.
 */
export function startOf(frames: readonly number[], damaged: readonly number[]): number {
  let count = 0;
  while (damaged[count] === count && count + 1 < frames.length) count++;
  return frames[count] ?? Infinity;
}

/**
 * The complaints that belong to a segment's frames. A decoder that began at an earlier key frame
 * may have complained of others: leading pictures without their references, and frames of an
 * earlier segment. `to` is the end of the wanted part of the clip, in ticks, `start` what `startOf`
 * gives, and `last` whether the clip ends in this segment.
 */
export function complaintsWithin(
  all: DecodeReport['complaints'],
  segment: Segment,
  { to, start, last }: { to: number | undefined; start: number; last: boolean },
): SegmentComplaints {
  const [first, end] = [segment.from ?? -Infinity, segment.to ?? to ?? Infinity];
  const own = all.filter(({ pts }) => (pts === null ? last : pts >= first && pts < end));
  if (own.length === 0) return noComplaints;
  const unstarted = ({ pts, text }: (typeof own)[number]): boolean =>
    pts !== null && pts <= start && unstartedWords.test(text);
  const told = own.find((complaint) => !unstarted(complaint)) ?? own[0]!;
  return {
    count: own.length,
    text: told.text,
    firstPts: told.pts,
    lastPts: own.at(-1)!.pts,
    unstarted: own.filter(unstarted).length,
  };
}
