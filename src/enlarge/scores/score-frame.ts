import { type FrameScores, noScores } from '../../metrics/frame-scores.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { rowError } from './standing-scorer.js';
import { standingScorer } from './standing-scores.js';

/** Source rows in a band: the unit in which sums are kept and used again. */
const bandRows = 16;

/** Source rows beyond a band that its sums depend on. */
const bandReach = 4;

/** Numbers that `Scorer` keeps for a frame: two for each band. */
export function sumsLength(height: number): number {
  return 2 * Math.ceil(height / bandRows);
}

/** What a frame is measured with besides its samples. */
export type ScoreRequest = {
  readonly reference: Uint8Array | null;
  /** Compute the columns that need no reference too. */
  readonly standing: boolean;
  /** Filled with the sums of the standing columns, band by band. */
  readonly sums: Float64Array;
  /**
   * The sums of the frame before, and whether anything changed in source rows `y0` to `y1` since.
   */
  readonly before: {
    readonly sums: Float64Array;
    readonly changed: (y0: number, y1: number) => boolean;
  } | null;
};

/** Measures one larger frame. */
export type Scorer = (frame: Uint8Array, larger: Uint8Array, request: ScoreRequest) => FrameScores;

/** Prepares measuring of frames of `larger` made from `layout`. */
export function scorer(layout: FrameLayout, larger: FrameLayout, scale: number): Scorer {
  const scoring = standingScorer(layout, larger, scale);
  const { width, height } = layout;
  return (frame, into, { reference, standing, sums, before }) => {
    if (!standing && reference === null) return noScores;
    const against = (plane: number): number | null => {
      if (reference === null || (plane > 0 && layout.format.chroma === null)) return null;
      return planeError(planeOf(reference, larger, plane), planeOf(into, larger, plane));
    };
    const truth = reference === null ? null : planeOf(reference, larger, 0);
    scoring.begin(planeOf(frame, layout, 0), planeOf(into, larger, 0), truth);
    let [toBicubic, toSource, bicubicToTruth] = [0, 0, 0];
    for (let y = 0, band = 0; y < height; y += bandRows, band += 2) {
      const end = Math.min(height, y + bandRows);
      const known = truth === null && before?.changed(y - bandReach, end + bandReach) === false;
      if (known) {
        sums[band] = before.sums[band]!;
        sums[band + 1] = before.sums[band + 1]!;
      } else {
        const rows = scoring.rows(y, end);
        sums[band] = rows.toBicubic;
        sums[band + 1] = rows.toSource;
        bicubicToTruth += rows.bicubicToTruth;
      }
      toBicubic += sums[band]!;
      toSource += sums[band + 1]!;
    }
    const count = larger.width * larger.height;
    return {
      y: against(0),
      u: against(1),
      v: against(2),
      yBicubic: truth === null ? null : bicubicToTruth / count,
      toBicubicY: standing ? toBicubic / count : null,
      toSourceY: standing ? toSource / (width * height) : null,
    };
  };
}

function planeError(a: Plane, b: Plane): number {
  let sum = 0;
  for (let y = 0; y < a.height; y++) {
    sum += rowError(a.data, y * a.width, b.data, y * a.width, a.width);
  }
  return sum / (a.width * a.height);
}
