import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { FloatRows, LoadedRows, MARGIN, newRow } from '../float/float-rows.js';
import { SteadyKernels } from './steady-kernels.js';

/** Frames before and after a frame that it is averaged with. */
export const STEADY_REACH = 2;

/** Difference between areas, in grey levels of 255, at which the weight falls to 1/e. */
const levels = 5;

/** Motion, in samples per frame, at which the weight falls to 1/e. */
const motion = 0.4;

/** Added to every slope, in grey levels per sample: noise alone makes flat areas differ. */
const leastSlope = 1;

/** Side, in samples, of the areas that are compared. */
const side = 5;

/** The difference to an area of a frame that does not exist: so large that it weighs nothing. */
const absent = 1e6;

/**
 * Writes to `into` the luma `plane` averaged with those of the frames around it, two before and two
 * after; `null` where the clip has none.
 */
export type SteadyLuma = (plane: Plane, around: readonly (Plane | null)[], into: Plane) => void;

/** Rows of values, and the address of a row of their sums over the 5x5 values around each. */
interface Areas {
  readonly rows: FloatRows;
  readonly area: number;
}

/**
 * Prepares averaging over frames what stands still in them, so that noise that a codec draws anew
 * at each keyframe does not pop. Each sample of a frame k around weighs
 *
 *   exp(-(D(t, t+k) / 5)^2 - (M / 0.4)^2)
 *
 * and the frame itself 1. D(a, b) is the mean of |L_a - L_b| over the 5x5 samples around, in grey
 * levels of 255. M estimates the motion, in samples per frame: the second smallest D of the four
 * pairs of frames that follow one another, divided by 1 + the mean of (|L(x+1, y) - L(x, y)| +
 * |L(x, y+1) - L(x, y)|) / 2 of the frame itself there. What stands still differs in one pair only,
 * where a keyframe draws it anew; what moves differs in all, the more the steeper it is. The window
 * is fixed and centred: no result depends on another one, nor on where a clip is cut.
 */
export function steadyLuma(layout: FrameLayout): SteadyLuma {
  const kernels = new SteadyKernels();
  const { run } = kernels;
  const { width, height } = layout;
  const { bitDepth } = layout.format;
  /** The five frames in the order of time, this one in the middle. */
  const frames = Array.from(
    { length: 2 * STEADY_REACH + 1 },
    () => new LoadedRows(kernels, layout, bitDepth, 8),
  );
  /** Rows as `make` writes them, and room for their sums over 5x5, one row at a time. */
  const areas = (make: (row: number, to: number) => void): Areas => ({
    rows: new FloatRows(kernels, layout, 8, make),
    area: newRow(kernels, width),
  });
  const apart = (a: number, b: number): Areas =>
    areas((row, to) => {
      run.apart(frames[a]!.rows.at(row), frames[b]!.rows.at(row), to, width);
    });
  const own = frames[STEADY_REACH]!.rows;
  const slope = areas((row, to) => {
    run.slope(own.at(row), own.at(row + 1), to, width);
  });
  const [twoBefore, before, after, twoAfter] = [apart(2, 0), apart(1, 2), apart(2, 3), apart(2, 4)];
  const [firstPair, lastPair] = [apart(0, 1), apart(3, 4)];
  const sumUp = areaSummer(kernels, width);
  const write = averageWriter(kernels, layout);
  const sum = newRow(kernels, width);
  const weights = newRow(kernels, width);
  const moved = newRow(kernels, width);
  return (plane, around, into) => {
    const shown = [around[0], around[1], plane, around[2], around[3]].map((each) => each ?? null);
    for (const [i, each] of shown.entries()) if (each !== null) frames[i]!.begin(each);
    slope.rows.begin();
    const all = [
      { ...twoBefore, of: [0, 2] },
      { ...before, of: [1, 2] },
      { ...after, of: [3, 2] },
      { ...twoAfter, of: [4, 2] },
      { ...firstPair, of: [0, 1] },
      { ...lastPair, of: [4, 3] },
    ].filter(({ rows, area, of }) => {
      rows.begin();
      if (of.every((i) => shown[i] !== null)) return true;
      kernels.floats(area, width).fill(absent);
      return false;
    });
    for (let y = 0; y < height; y++) {
      kernels.floats(sum, width).set(kernels.floats(own.at(y), width));
      kernels.floats(weights, width).fill(1);
      for (const each of [slope, ...all]) sumUp(each, y);
      const [a, b, c, d] = [firstPair, before, after, lastPair].map(({ area }) => area);
      run.moved(a!, b!, c!, d!, slope.area, moved, width, side * side * leastSlope);
      for (const { area, of } of all) {
        if (of[1] !== STEADY_REACH) continue;
        const value = frames[of[0]!]!.rows.at(y);
        run.weigh(area, moved, value, sum, weights, width, 1 / (side * side * levels), 1 / motion);
      }
      write(sum, weights, into, y);
    }
  };
}

/** Prepares writing the sums over the 5x5 values around each value of row `y` into `area`. */
function areaSummer(kernels: SteadyKernels, width: number) {
  const { run } = kernels;
  const column = newRow(kernels, width);
  return ({ rows, area }: Areas, y: number): void => {
    const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((i) => rows.at(y + i) - 4 * MARGIN);
    run.sumFive(a!, b!, c!, d!, e!, column - 4 * MARGIN, width + 2 * MARGIN);
    run.sumFive(column - 8, column - 4, column, column + 4, column + 8, area, width);
  };
}

/** Prepares writing row `y` of `into`: the weighted sums divided by their weights, rounded. */
function averageWriter(kernels: SteadyKernels, { width, format }: FrameLayout) {
  const { bitDepth } = format;
  const result = kernels.row(width, 2);
  const bytes = kernels.row(width, 1);
  const [level, middle] = [2 ** (bitDepth - 8), 2 ** (bitDepth - 1)];
  return (sum: number, weights: number, into: Plane, y: number): void => {
    kernels.run.settle(sum, weights, result, width, level, middle, 2 ** bitDepth - 1);
    if (bitDepth === 8) kernels.run.narrow(result, bytes, width);
    const samples = bitDepth === 8 ? kernels.bytes(bytes, width) : kernels.shorts(result, width);
    into.data.set(samples, y * width);
  };
}
