import type { FrameLayout } from '../../planes/pixel-format.js';
import type { Plane } from '../../planes/plane.js';
import { enlarged } from '../../planes/enlarged.js';
import { resizePlane } from '../../planes/resize.js';
import { rowError, type StandingScorer } from './standing-scorer.js';

/** Measures at a scale such as 3/2, in plain code: both sizes are computed whole for each frame. */
export function fractionScorer(
  layout: FrameLayout,
  larger: FrameLayout,
  scale: number,
): StandingScorer {
  const { bitDepth } = layout.format;
  let planes:
    | { larger: Plane; bicubic: Plane; source: Plane; reduced: Plane; truth: Plane | null }
    | undefined;
  return {
    begin(source, made, truth, into) {
      planes = {
        ...{ source, truth, larger: made },
        bicubic: into,
        reduced: resizePlane(made, layout.width, layout.height, bitDepth, { scale: 1 / scale }),
      };
      into.data.set(resizePlane(source, larger.width, larger.height, bitDepth, { scale }).data);
    },
    rows(y0, y1) {
      if (planes === undefined) throw new Error('rows() was called before begin()');
      const { source, truth, reduced, bicubic } = planes;
      const [from, to] = [enlarged(y0, scale), enlarged(y1, scale)];
      return {
        toBicubic: rowsError(bicubic, planes.larger, from, to),
        toSource: rowsError(reduced, source, y0, y1),
        bicubicToTruth: truth === null ? 0 : rowsError(bicubic, truth, from, to),
      };
    },
  };
}

/** Sum of squared differences of rows `from` up to `to`. */
function rowsError(a: Plane, b: Plane, from: number, to: number): number {
  const start = from * a.width;
  return rowError(a.data, start, b.data, start, (to - from) * a.width);
}
