import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { planeOf } from '../../planes/frame.js';
import type { ChromaSiting } from '../../planes/siting.js';
import { CELL, type CellMap, changedCells, spread } from '../reuse/changed-cells.js';
import type { ChromaEnlarger } from '../bicubic/chroma-enlarger.js';
import { fractionEnlarger } from '../bicubic/enlarge-fraction.js';
import type { PlaneEnlarger } from '../bicubic/enlarge-plane.js';
import { type Enlargement, largerRows } from '../bicubic/larger-rows.js';
import type { ChromaKernel } from './chroma-kernels.js';
import { canSharpen, sharpChroma } from './sharp-chroma.js';

/** How far, in source samples on each side, a changed sample affects the enlarged plane. */
const reach = 4;

/** How chroma is enlarged, and where its samples lie. */
export type ChromaChoice = { readonly kernel: ChromaKernel; readonly siting: ChromaSiting };

/**
 * Prepares enlarging of the planes numbered `which`, all after luma, from `layout` to `larger`:
 * chroma by the kernel that was chosen, opacity by bicubic.
 */
export function chromaEnlarger(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
  { kernel, siting }: ChromaChoice,
  which: readonly number[],
): ChromaEnlarger {
  if (!Number.isInteger(scale)) return fractionEnlarger(layout, larger, scale, siting, which);
  const sharp =
    layout.format.chroma === null ||
    kernel === 'bicubic' ||
    !canSharpen(scale) ||
    !which.includes(1)
      ? null
      : sharpChroma(layout, larger, scale, siting, kernel === 'guided');
  const made = { layout, larger, scale, siting };
  const planes = bicubicPlanes(made, sharp === null).filter(({ number }) => which.includes(number));
  const part = partEnlarger(layout, scale);
  return {
    enlarge(frame, into, before) {
      sharp?.(frame, into, before);
      for (const { number, enlarger } of planes) {
        const source = planeOf(frame, layout, number);
        const target = planeOf(into, larger, number);
        enlarger.begin(source);
        if (before === undefined) {
          for (let y = 0; y < target.height; y++) part(enlarger, target, y, 0, source.width);
          continue;
        }
        target.data.set(planeOf(before.output, larger, number).data);
        const changed = changedCells(planeOf(before.input, layout, number), source);
        const stale = spread(changed, reach);
        for (let cell = 0; cell < stale.rows; cell++) {
          const end = Math.min(target.height, (cell + 1) * CELL * scale);
          for (const [x0, x1] of runsOf(stale, cell, source.width)) {
            for (let y = cell * CELL * scale; y < end; y++) part(enlarger, target, y, x0, x1);
          }
        }
      }
    },
  };
}

/** The planes after luma that bicubic enlarges: chroma if `withChroma`, and opacity. */
function bicubicPlanes(
  made: Enlargement,
  withChroma: boolean,
): { readonly number: number; readonly enlarger: PlaneEnlarger }[] {
  const { chroma, alpha } = made.layout.format;
  const planes = [];
  if (chroma !== null && withChroma) {
    const enlarger = largerRows(made, 1);
    planes.push({ number: 1, enlarger }, { number: 2, enlarger });
  }
  if (alpha) {
    const number = made.layout.planes.length - 1;
    planes.push({ number, enlarger: largerRows(made, number) });
  }
  return planes;
}

/** Enlarges columns x0 to x1 of the source into their place in row `y` of the larger plane. */
type PartEnlarger = (
  enlarger: PlaneEnlarger,
  target: Plane,
  y: number,
  x0: number,
  x1: number,
) => void;

function partEnlarger(layout: FrameLayout, scale: number): PartEnlarger {
  // Room for a whole row: chroma of a picture of odd size becomes wider than the larger plane, and
  // what is too much is dropped.
  const row =
    layout.sampleBytes === 1
      ? new Uint8Array(layout.width * scale)
      : new Uint16Array(layout.width * scale);
  return (enlarger, target, y, x0, x1) => {
    const at = y * target.width + x0 * scale;
    const length = Math.min(target.width, x1 * scale) - x0 * scale;
    if (length === (x1 - x0) * scale) enlarger.row(y, x0, x1, target.data, at);
    else if (length > 0) {
      enlarger.row(y, x0, x1, row, 0);
      target.data.set(row.subarray(0, length), at);
    }
  };
}

/** Gaps of up to this many samples between two runs are computed, too: that costs less. */
const smallGap = 16;

/** The columns, from and to, that a row of cells marks. */
function runsOf({ marks, columns }: CellMap, row: number, width: number): [number, number][] {
  const runs: [number, number][] = [];
  for (let column = 0; column < columns; column++) {
    if (marks[row * columns + column] === 0) continue;
    const [x0, x1] = [column * CELL, Math.min(width, (column + 1) * CELL)];
    const last = runs.at(-1);
    if (last !== undefined && x0 - last[1] <= smallGap) last[1] = x1;
    else runs.push([x0, x1]);
  }
  return runs;
}
