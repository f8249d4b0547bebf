import type { Ratio } from '../planes/ratio.js';
import type { FlickerColumn, FrameRow, RowOrigin } from './frame-row.js';
import { psnrOfMse } from './psnr.js';

/**
 * The measurements of one larger frame; `null` where not computed. The six fields here are mean
 * squared errors, in squared sample values.
 */
export type FrameScores = FlickerScores & {
  /** Luma, Cb and Cr of the larger frame against the reference. */
  readonly y: number | null;
  readonly u: number | null;
  readonly v: number | null;
  /** Luma of plain bicubic of the source, against the reference. */
  readonly yBicubic: number | null;
  /** The larger luma against plain bicubic of the source: how much the network changed. */
  readonly toBicubicY: number | null;
  /** The larger luma, reduced by bicubic to the source's size, against the source. */
  readonly toSourceY: number | null;
};

/** Flicker since the frame before, in grey levels of 255. */
export type FlickerScores = Pick<FrameRow, FlickerColumn>;

/** The flicker of a frame that is not measured, or has no frame before it. */
export const noFlicker: FlickerScores = {
  flickerY: null,
  flickerYBicubic: null,
  flickerToBicubicY: null,
};

/** The scores of a frame that is not measured. */
export const noScores: FrameScores = {
  y: null,
  u: null,
  v: null,
  yBicubic: null,
  toBicubicY: null,
  toSourceY: null,
  ...noFlicker,
};

/** A frame's place in the output and in the source. */
export type RowPlace = {
  /** Number of the output frame, from 0. */
  readonly index: number;
  /** Presentation time in ticks of `timeBase`. */
  readonly pts: number;
  /** The output's time base, in seconds. */
  readonly timeBase: Ratio;
  readonly origin: RowOrigin;
};

/** Makes a frame's row of the log of its scores; `bitDepth` is that of the frame. */
export function rowOf(
  { index, pts, timeBase, origin }: RowPlace,
  scores: FrameScores,
  bitDepth: number,
): FrameRow {
  const decibels = (mse: number | null): number | null =>
    mse === null ? null : psnrOfMse(mse, bitDepth);
  return {
    frame: index,
    pts,
    ptsTime: (pts * timeBase.num) / timeBase.den,
    psnrY: decibels(scores.y),
    psnrU: decibels(scores.u),
    psnrV: decibels(scores.v),
    psnrYBicubic: decibels(scores.yBicubic),
    psnrToBicubicY: decibels(scores.toBicubicY),
    psnrToSourceY: decibels(scores.toSourceY),
    flickerY: scores.flickerY,
    flickerYBicubic: scores.flickerYBicubic,
    flickerToBicubicY: scores.flickerToBicubicY,
    ...origin,
  };
}
