import type { Ratio } from '../planes/ratio.js';
import { psnrOfMse } from './psnr.js';

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

/** A frame's row of the log, from its mean squared errors. */
export function rowOf(
  index: number,
  pts: number,
  timeBase: Ratio,
  scores: FrameScores,
  bitDepth: number,
) {
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
  };
}
