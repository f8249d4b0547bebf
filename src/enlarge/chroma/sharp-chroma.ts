import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import type { ChromaSiting } from '../../planes/siting.js';
import { FloatKernels } from '../float/float-kernels.js';
import { CELL, changedCells, type CellMap } from '../reuse/changed-cells.js';
import { ChromaRows } from './chroma-rows.js';
import { chromaAxis } from './float-taps.js';
import { LumaDetail } from './luma-detail.js';

/** Whether there is a kernel sharper than bicubic at this scale: at whole scales from 2 on. */
export function canSharpen(scale: number): boolean {
  return Number.isInteger(scale) && scale > 1;
}

/** Enlarges both chroma planes at once. */
export type SharpChroma = (
  frame: Uint8Array,
  larger: Uint8Array,
  before?: { readonly input: Uint8Array; readonly output: Uint8Array },
) => void;

/**
 * How many chroma rows above and below a change are computed again. Lanczos reads up to three rows
 * each way, and what guides it reads no further; the rest is a margin.
 */
const reach = 6;

/**
 * Prepares enlarging chroma by Lanczos with three lobes and, where `guided`, adding the detail of
 * the source's luma that is too fine for the chroma grid:
 *
 *   lanczos3(C) + linear(a) (Y - bicubic(y)),
 *   a = cov / (varY + 16) * (cov^2 / ((varY + 16) (varC + 1)))^2
 *
 * in grey levels of 255, where y is luma Y reduced to the chroma grid, and (co)variances of y and C
 * are taken within 3x3 samples of weights 1 2 1. The guided result is kept within the range of the
 * 3x3 samples of C around it, widened by 2 levels. Grey has no covariance with anything and stays
 * grey. Operations on float32 have one fixed order: every machine gives the same bits.
 */
export function sharpChroma(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  siting: ChromaSiting,
  guided: boolean,
): SharpChroma {
  const { format } = layout;
  const subsampled = format.chroma!;
  const kernels = new FloatKernels();
  const axes = {
    x: chromaAxis(subsampled.log2X === 1, scale, siting, 'x'),
    y: chromaAxis(subsampled.log2Y === 1, scale, siting, 'y'),
  };
  const size = layout.planes[1]!;
  const detail = guided
    ? new LumaDetail(kernels, { luma: layout, chroma: size }, axes, format.bitDepth)
    : null;
  const planes = [1, 2].map((number) => ({
    number,
    rows: new ChromaRows(kernels, size, axes, format.bitDepth, detail),
  }));
  const { width, height } = larger.planes[1]!;
  /** Rows of the source's chroma that a change of the frame affects. */
  const staleRows = (before: Uint8Array, now: Uint8Array): Uint8Array => {
    const stale = new Uint8Array(size.height);
    const mark = (plane: number, step: number): void => {
      const map = changedCells(planeOf(before, layout, plane), planeOf(now, layout, plane));
      for (let row = 0; row < map.rows; row++) {
        if (!hasMark(map, row)) continue;
        const [y0, y1] = [(row * CELL) / step - reach, ((row + 1) * CELL) / step + reach];
        stale.fill(1, Math.max(0, Math.floor(y0)), Math.max(0, Math.ceil(y1)));
      }
    };
    if (guided) mark(0, axes.y.step);
    for (const { number } of planes) mark(number, 1);
    return stale;
  };
  return (frame, into, before) => {
    detail?.begin(planeOf(frame, layout, 0));
    const targets = planes.map(({ number }) => planeOf(into, larger, number));
    for (const [i, { number, rows }] of planes.entries()) {
      rows.begin(planeOf(frame, layout, number));
      if (before !== undefined) targets[i]!.data.set(planeOf(before.output, larger, number).data);
    }
    const stale = before === undefined ? null : staleRows(before.input, frame);
    for (let row = 0; row < height; row++) {
      if (stale?.[Math.floor(row / scale)] === 0) continue;
      detail?.row(row);
      for (const [i, { rows }] of planes.entries()) {
        rows.row(row, targets[i]!.data, row * width, width);
      }
    }
  };
}

function hasMark({ marks, columns }: CellMap, row: number): boolean {
  return marks.subarray(row * columns, (row + 1) * columns).includes(1);
}
