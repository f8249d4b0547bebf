import type { DecodeReport } from '../../media/decode/decode-report.js';
import type { Segment } from './segment-plan.js';

/** What the decoder found broken in a segment. Ticks are of the frame that it showed next. */
export type SegmentComplaints = {
  readonly count: number;
  /** The first one's words; empty without one. */
  readonly text: string;
  /** `null` where no frame came after it. */
  readonly firstPts: number | null;
  readonly lastPts: number | null;
  /**
   * Of them, those about the first frames that say no more than that what these build on is not
   * there.
   */
  readonly unstarted: number;
};

export const noComplaints: SegmentComplaints = {
  ...{ count: 0, text: '', firstPts: null, lastPts: null, unstarted: 0 },
};

/**
 * What decoders say of pictures whose beginning lies before the file's, and of no others at its
 * start.
 */
const unstartedWords =
  /corrupt decoded frame|no frame!|non-existing [SP]PS|reference picture|Could not find ref|mmco|decode_slice_header error|Frame num|co located POCs|first frame is no keyframe|Error (?:while decoding stream|submitting packet)/i;

/**
 * Where the first frames of a segment lie that the decoder reports as damaged, one after the other:
 * at least its first.
 */
export function startOf(frames: readonly number[], damaged: readonly number[]): number {
  let count = 0;
  while (damaged[count] === count && count + 1 < frames.length) count++;
  return frames[count] ?? Infinity;
}

/**
 * The complaints that belong to a segment's frames. A decoder that began before it, at a key frame,
 * may have met others: leading pictures that lack what they build on, and what an earlier segment
 * holds.
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
