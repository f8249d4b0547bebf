import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { FloatRows, LoadedRows, MARGIN, newRow } from '../float/float-rows.js';
import { SteadyKernels } from './steady-kernels.js';

/** Frames before and after a frame that it is averaged with. */
export const STEADY_REACH = 2;

/** Grey levels of 255 by which areas must differ to weigh 1/e. */
const levels = 4;

/** Samples a side of the areas that are compared. */
const side = 5;

/**
 * Writes to `into` the luma `plane` averaged with those of the frames around it, two before and two
 * after; `null` where the clip has none.
 */
export type SteadyLuma = (plane: Plane, around: readonly (Plane | null)[], into: Plane) => void;

/**
 * Prepares averaging over frames what stands still in them, so that noise that a codec draws anew
 * at each keyframe does not pop. Each sample of a frame k around weighs
 *
 *   exp(-(mean over 5x5 samples of |L_t - L_(t+k)| / 4)^2)
 *
 * in grey levels of 255, and the frame itself 1. The window is fixed and centred: no result depends
 * on another one, nor on where a clip is cut.
 */
export function steadyLuma(layout: FrameLayout): SteadyLuma {
  const kernels = new SteadyKernels();
  const { run } = kernels;
  const { width, height } = layout;
  const { bitDepth } = layout.format;
  const load = (): LoadedRows => new LoadedRows(kernels, layout, bitDepth, 8);
  const own = load();
  const neighbours = Array.from({ length: 2 * STEADY_REACH }, () => {
    const loaded = load();
    const apart = new FloatRows(kernels, layout, 8, (row, to) => {
      run.apart(own.rows.at(row), loaded.rows.at(row), to, width);
    });
    return { loaded, apart };
  });
  const column = newRow(kernels, width);
  const area = newRow(kernels, width);
  const sum = newRow(kernels, width);
  const weights = newRow(kernels, width);
  const result = kernels.row(width, 2);
  const bytes = kernels.row(width, 1);
  const [level, middle] = [2 ** (bitDepth - 8), 2 ** (bitDepth - 1)];
  return (plane, around, into) => {
    own.begin(plane);
    const present = neighbours.filter((neighbour, i) => {
      const other = around[i] ?? null;
      if (other === null) return false;
      neighbour.loaded.begin(other);
      neighbour.apart.begin();
      return true;
    });
    for (let y = 0; y < height; y++) {
      const start = own.rows.at(y);
      kernels.floats(sum, width).set(kernels.floats(start, width));
      kernels.floats(weights, width).fill(1);
      for (const { loaded, apart } of present) {
        const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((i) => apart.at(y + i) - 4 * MARGIN);
        run.sumFive(a!, b!, c!, d!, e!, column - 4 * MARGIN, width + 2 * MARGIN);
        run.sumFive(column - 8, column - 4, column, column + 4, column + 8, area, width);
        run.weigh(area, loaded.rows.at(y), sum, weights, width, 1 / (side * side * levels));
      }
      run.settle(sum, weights, result, width, level, middle, 2 ** bitDepth - 1);
      if (bitDepth === 8) run.narrow(result, bytes, width);
      const samples = bitDepth === 8 ? kernels.bytes(bytes, width) : kernels.shorts(result, width);
      into.data.set(samples, y * width);
    }
  };
}
