import { type FrameScores, noFlicker, noScores } from '../../metrics/frame-scores.js';
import { enlarged } from '../../planes/enlarged.js';
import { planeOf } from '../../planes/frame.js';
import { frameLayout, pixelFormats, type FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { flickerMeter } from './flicker.js';
import { rowError } from './standing-scorer.js';
import { standingScorer } from './standing-scores.js';

/** Source rows in a band: the unit by which sums are kept and reused. */
const bandRows = 16;

/** How many source rows above and below a band its measurements depend on. */
const reach = 4;

/** Numbers that `Scorer` keeps for a frame: two for each band. */
export function sumsLength(height: number): number {
  return 2 * Math.ceil(height / bandRows);
}

/** The layout of the larger luma alone, in which plain bicubic is kept. */
export function lumaLayout({ format, width, height }: FrameLayout): FrameLayout {
  const grey = pixelFormats.get(format.bitDepth === 8 ? 'gray' : `gray${format.bitDepth}le`)!;
  return frameLayout(grey, width, height);
}

/** A larger frame with everything that it, and later the next frame, is measured with. */
export type ScoredFrame = {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Ground truth of the output; `null` where there is none. */
  readonly reference: Uint8Array | null;
  /** Whether the frame before it was known: `still` is then filled. */
  readonly follows: boolean;
  /** The standing scores' sums: two for each band of rows. */
  readonly sums: Float64Array;
  /** Larger luma by plain bicubic, in `lumaLayout`; empty where nothing is measured. */
  readonly bicubic: Uint8Array;
  /** 1 for each block of the source that is still since the frame before. */
  readonly still: Uint8Array;
};

/** How a larger frame is measured. */
export type ScoreRequest = {
  /** Compute the columns that need no reference, and flicker, too. */
  readonly standing: boolean;
  /** The frame before it, which is whole; `null` for the first. */
  readonly before: ScoredFrame | null;
  /**
   * Whether anything of the larger frame was computed, and not copied from the frame before, in
   * source rows `y0` to `y1`; `null` where nothing was copied.
   */
  readonly changed: ((y0: number, y1: number) => boolean) | null;
};

/** Measures one larger frame; fills its `sums`, `bicubic` and `still`. */
export type Scorer = (frame: ScoredFrame, request: ScoreRequest) => FrameScores;

/** Prepares measuring of frames of `larger` made from `layout`. */
export function scorer(layout: FrameLayout, larger: FrameLayout, scale: number): Scorer {
  const lumaOf = lumaPlanes(layout, larger);
  const bandSums = bandSummer(layout, larger, scale, lumaOf);
  const flickerOf = frameFlicker(layout, larger, scale, lumaOf);
  const { width, height } = layout;
  return (frame, request) => {
    const { reference } = frame;
    const { standing } = request;
    if (!standing && reference === null) return noScores;
    const against = (plane: number): number | null => {
      if (reference === null || (plane > 0 && layout.format.chroma === null)) return null;
      return planeError(planeOf(reference, larger, plane), planeOf(frame.output, larger, plane));
    };
    const { toBicubic, toSource, bicubicToTruth } = bandSums(frame, request);
    const count = larger.width * larger.height;
    return {
      y: against(0),
      u: against(1),
      v: against(2),
      yBicubic: reference === null ? null : bicubicToTruth / count,
      toBicubicY: standing ? toBicubic / count : null,
      toSourceY: standing ? toSource / (width * height) : null,
      ...(standing ? flickerOf(frame, request) : noFlicker),
    };
  };
}

/** The luma planes of a frame that is measured. */
type LumaPlanes = {
  readonly source: Plane;
  readonly larger: Plane;
  readonly bicubic: Plane;
  readonly truth: Plane | null;
};

function lumaPlanes(layout: FrameLayout, larger: FrameLayout): (frame: ScoredFrame) => LumaPlanes {
  const luma = lumaLayout(larger);
  return ({ input, output, bicubic, reference }) => ({
    source: planeOf(input, layout, 0),
    larger: planeOf(output, larger, 0),
    bicubic: planeOf(bicubic, luma, 0),
    truth: reference === null ? null : planeOf(reference, larger, 0),
  });
}

/** Sums over all bands; a band in which nothing changed keeps the sums of the frame before. */
function bandSummer(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  lumaOf: (frame: ScoredFrame) => LumaPlanes,
) {
  const scoring = standingScorer(layout, larger, scale);
  const { height } = layout;
  return (frame: ScoredFrame, { before, changed }: ScoreRequest) => {
    const { source, larger: made, truth, bicubic } = lumaOf(frame);
    scoring.begin(source, made, truth, bicubic);
    let [toBicubic, toSource, bicubicToTruth] = [0, 0, 0];
    for (let y = 0, band = 0; y < height; y += bandRows, band += 2) {
      const end = Math.min(height, y + bandRows);
      const known =
        truth === null && before !== null && changed?.(y - reach, end + reach) === false;
      if (known) {
        frame.sums[band] = before.sums[band]!;
        frame.sums[band + 1] = before.sums[band + 1]!;
        const [from, to] = [y, end].map((row) => enlarged(row, scale) * larger.width);
        bicubic.data.set(lumaOf(before).bicubic.data.subarray(from, to), from);
      } else {
        const rows = scoring.rows(y, end);
        frame.sums[band] = rows.toBicubic;
        frame.sums[band + 1] = rows.toSource;
        bicubicToTruth += rows.bicubicToTruth;
      }
      toBicubic += frame.sums[band]!;
      toSource += frame.sums[band + 1]!;
    }
    return { toBicubic, toSource, bicubicToTruth };
  };
}

/** Measures how a frame flickers against the one before. */
function frameFlicker(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  lumaOf: (frame: ScoredFrame) => LumaPlanes,
) {
  const flickering = flickerMeter(layout, larger, scale);
  return (frame: ScoredFrame, { before, changed }: ScoreRequest) => {
    if (before === null) return noFlicker;
    const [earlier, now] = [lumaOf(before), lumaOf(frame)];
    return flickering({
      source: [earlier.source, now.source],
      larger: [earlier.larger, now.larger],
      bicubic: [earlier.bicubic, now.bicubic],
      truth: earlier.truth === null || now.truth === null ? null : [earlier.truth, now.truth],
      still: frame.still,
      stillBefore: before.follows ? before.still : null,
      changed: changed === null ? null : (y0, y1) => changed(y0 - reach, y1 + reach),
    });
  };
}

/** The mean square error of two planes of one size. */
function planeError(a: Plane, b: Plane): number {
  let sum = 0;
  for (let y = 0; y < a.height; y++) {
    sum += rowError(a.data, y * a.width, b.data, y * a.width, a.width);
  }
  return sum / (a.width * a.height);
}
