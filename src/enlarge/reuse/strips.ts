import type { InferenceGraph } from '../../model/load/inference-graph.js';
import type { Rect } from '../../planes/rect.js';

/**
 * Luma samples that one run of the session covers at most. Measured (one thread, CPU ms per frame):
 * with a reach of 7 and 16 channels, 640x360 takes 76 in runs of 640x24, 64 in runs of 640x90, and
 * 62 in runs of 640x180 or whole; 1920x1080 takes 594 in runs of 960x60, 564 in runs of 640x180.
 * With a reach of 4 and 64 channels, all are within 1 %. A large frame as one run takes gigabytes.
 */
const samplesPerRun = 640 * 180;

/** The widest run: wider frames are split into columns, so that strips need not be thin. */
const widestRun = 640;

/**
 * Samples of a run on a device other than the CPU, which is fastest with few large runs: with 16
 * channels, a sample takes 64 bytes.
 */
const samplesPerDeviceRun = 1920 * 1088;

/** The properties of a graph that decide how a picture is divided. */
export type Division = Pick<InferenceGraph, 'halo' | 'align' | 'fixed'>;

/**
 * Divides a picture of `width` x `height` luma samples into runs of about equal size, from left to
 * right and top to bottom. For the CPU they are small enough for its cache.
 */
export function planStrips(width: number, height: number, graph: Division, cpu = true): Rect[] {
  if (graph.fixed !== null) {
    const { halo, fixed } = graph;
    // Where the reach is unknown, an overlap of an eighth hides most seams.
    const lap = Number.isFinite(halo) ? halo : Math.min(fixed.width, fixed.height) >> 3;
    return grid(width, height, fixed.width - 2 * lap, fixed.height - 2 * lap, 1);
  }
  if (!Number.isFinite(graph.halo)) return [{ x0: 0, y0: 0, x1: width, y1: height }];
  const columns = cpu ? Math.ceil(width / widestRun) : 1;
  const columnWidth = Math.ceil(width / columns);
  const rows = Math.max(1, Math.round((cpu ? samplesPerRun : samplesPerDeviceRun) / columnWidth));
  return grid(width, height, columnWidth, rows, graph.align);
}

/**
 * Cells of at most `cellWidth` x `cellHeight`, as equal as can be, beginning on multiples of
 * `align`.
 */
function grid(
  width: number,
  height: number,
  cellWidth: number,
  cellHeight: number,
  align: number,
): Rect[] {
  const cuts = (length: number, cell: number): number[] => {
    const count = Math.ceil(length / Math.max(1, cell));
    const inner = Array.from(
      { length: count },
      (_, i) => Math.round((i * length) / count / align) * align,
    );
    return [...new Set([...inner, length])];
  };
  const xs = cuts(width, cellWidth);
  const ys = cuts(height, cellHeight);
  return ys
    .slice(1)
    .flatMap((y1, j) => xs.slice(1).map((x1, i) => ({ x0: xs[i]!, y0: ys[j]!, x1, y1 })));
}
