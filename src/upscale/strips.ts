import type { Rect } from './enlarge-plane.js';

/**
 * Luma samples that one run of the session covers at most. Measured (16x6 and 64-32, 640x360, one
 * thread, 1 MiB of L2): runs of 640x90 are as fast as whole frames; at 640x24 the halo costs 10 %,
 * and a whole large frame costs gigabytes.
 */
const samplesPerRun = 640 * 90;

/** The widest run: beyond this, wide frames are split into columns, so that strips need not be thin. */
const widestRun = 960;

/** Divides a picture into runs of about equal size, row by row of them. */
export function planStrips(width: number, height: number, samples = samplesPerRun): Rect[] {
  const columns = Math.ceil(width / widestRun);
  const columnWidth = Math.ceil(width / columns);
  const rows = Math.ceil(height / Math.max(1, Math.round(samples / columnWidth)));
  const rects: Rect[] = [];
  for (let row = 0; row < rows; row++) {
    const y0 = Math.floor((row * height) / rows);
    const y1 = Math.floor(((row + 1) * height) / rows);
    for (let x0 = 0; x0 < width; x0 += columnWidth) {
      rects.push({ x0, y0, x1: Math.min(width, x0 + columnWidth), y1 });
    }
  }
  return rects;
}
