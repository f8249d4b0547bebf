import { planeOf } from '../planes/frame.js';
import type { FrameLayout } from '../planes/pixel-format.js';
import type { Plane } from '../planes/plane.js';
import { rowError, standingScorer } from './standing-scores.js';

/** Mean squared errors of one larger frame, in squared sample values; `null` where not computed. */
export type FrameScores = {
  /** Against the reference, by plane. */
  readonly y: number | null;
  readonly u: number | null;
  readonly v: number | null;
  /** Plain bicubic of the source against the reference, luma. */
  readonly yBicubic: number | null;
  /** The larger luma against plain bicubic of the source: how much the network changed. */
  readonly toBicubicY: number | null;
  /** The larger luma, reduced by bicubic to the source's size, against the source. */
  readonly toSourceY: number | null;
};

/** The scores of a frame that is not measured. */
export const noScores: FrameScores = {
  y: null,
  u: null,
  v: null,
  yBicubic: null,
  toBicubicY: null,
  toSourceY: null,
};

/** Measures one larger frame. With `standing`, the columns that need no reference too. */
export type Scorer = (
  frame: Uint8Array,
  larger: Uint8Array,
  reference: Uint8Array | null,
  standing: boolean,
) => FrameScores;

/** Prepares measuring of frames of `larger` made from `layout`. */
export function scorer(layout: FrameLayout, larger: FrameLayout, scale: number): Scorer {
  const scoring = standingScorer(layout, scale);
  const { width, height } = layout;
  return (frame, into, reference, standing) => {
    const against = (plane: number): number | null => {
      if (reference === null || (plane > 0 && layout.format.chroma === null)) return null;
      return planeError(planeOf(reference, larger, plane), planeOf(into, larger, plane));
    };
    const truth = reference === null ? null : planeOf(reference, larger, 0);
    scoring.begin(planeOf(frame, layout, 0), planeOf(into, larger, 0), truth);
    const sums = scoring.rows(0, height);
    const count = larger.width * larger.height;
    return {
      y: against(0),
      u: against(1),
      v: against(2),
      yBicubic: truth === null ? null : sums.bicubicToTruth / count,
      toBicubicY: standing ? sums.toBicubic / count : null,
      toSourceY: standing ? sums.toSource / (width * height) : null,
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
