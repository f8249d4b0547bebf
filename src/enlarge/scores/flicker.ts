import { type FlickerScores, noFlicker } from '../../metrics/frame-scores.js';
import { enlargedSize } from '../../planes/enlarged.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { blockChanges, type BlockChanges } from './block-changes.js';

/*
 * Flicker is how much still areas change from frame to frame although nothing moves there. Between
 * two frames, d(X) is a block's mean |X_t - X_(t-1)|, and a block is still where that is below one
 * grey level of 255. O is the larger luma, B plain bicubic of the source L, T the reference:
 *
 *   flicker_y            = mean of d(O) - d(T) over 16x16 blocks of T that are still
 *   flicker_y_bicubic    = mean of d(B) - d(T) over the same blocks
 *   flicker_to_bicubic_y = mean of d(O) - d(B) over 8x8 blocks of L that were still in the pair of
 *                          frames before (L_(t-1) and L_(t-2)), at the pixels enlarged from them
 *
 * The last one uses the pair before, because a keyframe changes the source itself: in the pair that
 * is measured, no block would count as still. All sums are of whole numbers, so that the
 * result does not depend on threads or order.
 */

/** Side of a reference's blocks, in samples. */
export const TRUTH_BLOCK = 16;

/** Side of a source's blocks, in samples. */
export const SOURCE_BLOCK = 8;

/** Share of a reference's blocks that must be still; with fewer there is no figure. */
const leastStill = 0.02;

/** One grey level of 255, in sample values. */
function greyLevel(bitDepth: number): number {
  return (2 ** bitDepth - 1) / 255;
}

/** A plane in two frames, one after the other. */
export type PlanePair = readonly [before: Plane, now: Plane];

/** Marks with 1 the blocks that are still, with 0 the others; returns how many are. */
function markStill(
  changes: BlockChanges,
  [before, now]: PlanePair,
  below: number,
  marks: Uint8Array,
): number {
  let count = 0;
  for (let row = 0, at = 0; row < changes.rows; row++) {
    for (const sum of changes.row(before, now, row)) {
      const still = sum < below ? 1 : 0;
      marks[at++] = still;
      count += still;
    }
  }
  return count;
}

/** Sum of absolute differences in the marked blocks; rows for which `skip` holds have none. */
function changeWhere(
  changes: BlockChanges,
  [before, now]: PlanePair,
  marks: Uint8Array,
  skip: (row: number) => boolean,
): number {
  let sum = 0;
  for (let row = 0; row < changes.rows; row++) {
    const line = marks.subarray(row * changes.columns, (row + 1) * changes.columns);
    if (!line.includes(1) || skip(row)) continue;
    const sums = changes.row(before, now, row);
    for (let column = 0; column < line.length; column++) sum += line[column]! * sums[column]!;
  }
  return sum;
}

const skipNone = (): boolean => false;

/**
 * Flicker of pictures against a reference, in grey levels of 255: `null` where under 2 % of the
 * reference's blocks are still.
 */
export type TruthFlicker = {
  /** Takes the reference in two frames; `of` measures against it until the next call. */
  begin(truth: PlanePair): void;
  of(pictures: PlanePair): number | null;
};

/** Prepares measuring planes of `width` x `height` against a reference of that size. */
export function truthFlicker(
  { width, height }: { readonly width: number; readonly height: number },
  bitDepth: number,
): TruthFlicker {
  const changes = blockChanges(width, height, bitDepth === 8 ? 1 : 2, TRUTH_BLOCK);
  const samples = TRUTH_BLOCK ** 2;
  const level = greyLevel(bitDepth);
  const marks = new Uint8Array(changes.columns * changes.rows);
  let still = 0;
  let own = 0;
  return {
    begin(truth) {
      still = markStill(changes, truth, level * samples, marks);
      own = changeWhere(changes, truth, marks, skipNone);
    },
    of(pictures) {
      if (still === 0 || still < leastStill * marks.length) return null;
      const change = changeWhere(changes, pictures, marks, skipNone);
      return (change - own) / (still * samples * level);
    },
  };
}

/** Number of blocks that `SourceFlicker` marks in a source of this size. */
export function stillLength(width: number, height: number): number {
  return Math.floor(width / SOURCE_BLOCK) * Math.floor(height / SOURCE_BLOCK);
}

/** Flicker of larger pictures against plain bicubic of their source. */
export type SourceFlicker = {
  /** Marks the blocks of a source that are still in this pair. */
  markStill(source: PlanePair, marks: Uint8Array): void;
  /**
   * The figure over the blocks in `marks`, those of the pair before; `null` where none is marked.
   * Where `changed` returns false, nothing changed in source rows `y0` to `y1`, which are not read.
   */
  of(
    larger: PlanePair,
    bicubic: PlanePair,
    marks: Uint8Array,
    changed: ((y0: number, y1: number) => boolean) | null,
  ): number | null;
};

/** Prepares measuring lumas of `layout` enlarged `scale` times. */
export function sourceFlicker(layout: FrameLayout, scale: number): SourceFlicker {
  const { width, height, sampleBytes } = layout;
  const level = greyLevel(layout.format.bitDepth);
  const small = blockChanges(width, height, sampleBytes, SOURCE_BLOCK);
  // Whole, and a multiple of 4: scales are multiples of 1/2.
  const side = SOURCE_BLOCK * scale;
  const size = enlargedSize(layout, scale);
  const large = blockChanges(size.width, size.height, sampleBytes, side);
  return {
    markStill(source, marks) {
      markStill(small, source, level * SOURCE_BLOCK ** 2, marks);
    },
    of(larger, bicubic, marks, changed) {
      const still = marks.reduce((sum, mark) => sum + mark, 0);
      if (still === 0) return null;
      const skip = (row: number): boolean =>
        changed?.(row * SOURCE_BLOCK, (row + 1) * SOURCE_BLOCK) === false;
      const change = changeWhere(large, larger, marks, skip);
      const own = changeWhere(large, bicubic, marks, skip);
      return (change - own) / (still * side ** 2 * level);
    },
  };
}

/** A frame and the one before it, for their flicker. */
export type FlickerRequest = {
  readonly source: PlanePair;
  readonly larger: PlanePair;
  readonly bicubic: PlanePair;
  readonly truth: PlanePair | null;
  /** Filled with 1 for each block that is still in this pair. */
  readonly still: Uint8Array;
  /** The still blocks of the pair before; `null` for the second frame. */
  readonly stillBefore: Uint8Array | null;
  /** Whether anything changed in source rows `y0` to `y1`; `null` where that is not known. */
  readonly changed: ((y0: number, y1: number) => boolean) | null;
};

/** Prepares the three figures of the log for lumas of `layout` enlarged to `larger`. */
export function flickerMeter(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
): (request: FlickerRequest) => FlickerScores {
  const toBicubic = sourceFlicker(layout, scale);
  let toTruth: TruthFlicker | undefined;
  return ({ truth, stillBefore, ...request }) => {
    toBicubic.markStill(request.source, request.still);
    const { larger: pictures, bicubic, changed } = request;
    const flickerToBicubicY =
      stillBefore === null ? null : toBicubic.of(pictures, bicubic, stillBefore, changed);
    if (truth === null) return { ...noFlicker, flickerToBicubicY };
    toTruth ??= truthFlicker(larger, layout.format.bitDepth);
    toTruth.begin(truth);
    const flickerY = toTruth.of(pictures);
    return { flickerY, flickerYBicubic: toTruth.of(bicubic), flickerToBicubicY };
  };
}
