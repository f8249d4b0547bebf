import type { Plane } from '../../src/planes/plane.js';

/**
 * ffmpeg's `ssim` of 8-bit planes, -1 to 1: windows of 8x8 every 4 samples, unweighted, from the
 * top left; what is left of 4 rows or columns at the bottom and the right is not measured. Many
 * times faster than `ssim`, and not comparable with it. Both planes are of one size, at least 8x8.
 *
 * Source: libavfilter/vf_ssim.c (after x264's), whose rounded integer constants are kept.
 */
export function ssimOfFfmpeg(reference: Plane, actual: Plane): number {
  const columns = reference.width >> 2;
  const rows = reference.height >> 2;
  const c1 = Math.floor(0.01 * 0.01 * 255 * 255 * 64 + 0.5);
  const c2 = Math.floor(0.03 * 0.03 * 255 * 255 * 64 * 63 + 0.5);
  let above = new Float64Array(4 * columns);
  let here = new Float64Array(4 * columns);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    sumBlocks(reference, actual, row, here);
    for (let x = 0; row > 0 && x + 1 < columns; x++) {
      const at = (k: number) =>
        above[4 * x + k]! + above[4 * x + 4 + k]! + here[4 * x + k]! + here[4 * x + 4 + k]!;
      const s1 = at(0);
      const s2 = at(1);
      const variances = at(2) * 64 - s1 * s1 - s2 * s2;
      const covariance = at(3) * 64 - s1 * s2;
      total +=
        ((2 * s1 * s2 + c1) * (2 * covariance + c2)) /
        ((s1 * s1 + s2 * s2 + c1) * (variances + c2));
    }
    [above, here] = [here, above];
  }
  return total / ((rows - 1) * (columns - 1));
}

/** For each 4x4 block of a row of blocks: sums of a, b, a^2 + b^2, ab. */
function sumBlocks(a: Plane, b: Plane, row: number, out: Float64Array): void {
  out.fill(0);
  const columns = a.width >> 2;
  for (let y = row * 4; y < row * 4 + 4; y++) {
    for (let x = 0; x < columns * 4; x++) {
      const p = a.data[y * a.width + x]!;
      const q = b.data[y * a.width + x]!;
      const at = (x >> 2) * 4;
      out[at]! += p;
      out[at + 1]! += q;
      out[at + 2]! += p * p + q * q;
      out[at + 3]! += p * q;
    }
  }
}
