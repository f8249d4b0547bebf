/**
 * How well the fields of two neighbouring frames fit together: mean absolute differences in sample
 * values, smaller for a better fit. A frame's even lines are its top field, its odd lines its
 * bottom field. For `same`, `late`, `early` and `apart` only samples that change from frame to
 * frame count, because the others say nothing about time.
 */
export type FieldMeasure = {
  /** The bottom lines against the top lines around them: how combed the frame is. */
  readonly same: number;
  /** The bottom lines of the frame before against this frame's top lines. */
  readonly late: number;
  /** This frame's bottom lines against the top lines of the frame before. */
  readonly early: number;
  /** Neighbouring top lines against each other: how much lines of one field differ anyway. */
  readonly apart: number;
  /** Change of the top field since the frame before, over all samples. */
  readonly top: number;
  /** Change of the bottom field since the frame before, over all samples. */
  readonly bottom: number;
  /** Share of samples that change, 0 to 1. */
  readonly moving: number;
};

/** A change of fewer levels counts as noise. */
const leastChange = 12;

/** About how many samples per line are used, at most: that is as exact as using all. */
const samplesOfLine = 360;

/**
 * Measures the frame `now` against the frame `before`: 8-bit luma planes of `width` x `height`, at
 * least 4 rows. Lines at the top and bottom, where tapes have noise, are left out.
 */
export function measureFields(
  now: Uint8Array,
  before: Uint8Array,
  width: number,
  height: number,
): FieldMeasure {
  const step = Math.max(1, Math.floor(width / samplesOfLine));
  const margin = 2 * Math.floor(height * 0.03);
  let same = 0;
  let late = 0;
  let early = 0;
  let apart = 0;
  let top = 0;
  let bottom = 0;
  let moving = 0;
  let seen = 0;
  for (let row = margin + 1; row + 1 < height - margin; row += 2) {
    const end = (row + 1) * width;
    for (let at = row * width; at < end; at += step) {
      const nowBottom = 2 * now[at]!;
      const oldBottom = 2 * before[at]!;
      const nowTop = now[at - width]! + now[at + width]!;
      const oldTop = before[at - width]! + before[at + width]!;
      const topChange = nowTop > oldTop ? nowTop - oldTop : oldTop - nowTop;
      const bottomChange = nowBottom > oldBottom ? nowBottom - oldBottom : oldBottom - nowBottom;
      top += topChange;
      bottom += bottomChange;
      if (topChange + bottomChange > 4 * leastChange) {
        moving++;
        same += nowTop > nowBottom ? nowTop - nowBottom : nowBottom - nowTop;
        late += nowTop > oldBottom ? nowTop - oldBottom : oldBottom - nowTop;
        const above = now[at - width]!;
        const below = now[at + width]!;
        apart += above > below ? above - below : below - above;
        early += oldTop > nowBottom ? oldTop - nowBottom : nowBottom - oldTop;
      }
    }
    seen += Math.ceil(width / step);
  }
  const half = (sum: number, count: number): number => (count === 0 ? 0 : sum / (2 * count));
  return {
    same: half(same, moving),
    late: half(late, moving),
    early: half(early, moving),
    apart: half(apart, moving),
    top: half(top, seen),
    bottom: half(bottom, seen),
    moving: seen === 0 ? 0 : moving / seen,
  };
}
