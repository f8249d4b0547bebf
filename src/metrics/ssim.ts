import type { Plane } from '../planes/plane.js';

const radius = 5;
const size = 2 * radius + 1;

/** The 11 taps of a Gaussian of sigma 1.5, summing to 1. */
function gaussian(): Float64Array {
  const taps = Float64Array.from({ length: size }, (_, i) => Math.exp(-((i - radius) ** 2) / 4.5));
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
}

function checkPlanes(a: Plane, b: Plane, smallest: number, border: number): void {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `expected planes of one size but received ${a.width}x${a.height} and ${b.width}x${b.height}`,
    );
  }
  if (a.width - 2 * border < smallest || a.height - 2 * border < smallest) {
    throw new RangeError(
      `expected at least ${smallest}x${smallest} samples within the border for SSIM but received ${a.width}x${a.height} with a border of ${border}`,
    );
  }
}

/**
 * Filters row `y` of two planes with the Gaussian. `out` gets five runs of sums, one after the
 * other: of a, b, a^2, b^2 and ab, each with one sum for every place of the window in the row.
 */
function filterRow(
  [a, b]: readonly [Plane, Plane],
  y: number,
  border: number,
  taps: Float64Array,
  out: Float64Array,
) {
  const count = a.width - 2 * border - size + 1;
  const start = y * a.width + border;
  for (let x = 0; x < count; x++) {
    let sumA = 0;
    let sumB = 0;
    let sumAA = 0;
    let sumBB = 0;
    let sumAB = 0;
    for (let k = 0; k < size; k++) {
      const tap = taps[k]!;
      const p = a.data[start + x + k]!;
      const q = b.data[start + x + k]!;
      sumA += tap * p;
      sumB += tap * q;
      sumAA += tap * p * p;
      sumBB += tap * q * q;
      sumAB += tap * p * q;
    }
    out[x] = sumA;
    out[count + x] = sumB;
    out[2 * count + x] = sumAA;
    out[3 * count + x] = sumBB;
    out[4 * count + x] = sumAB;
  }
}

/**
 * Structural similarity of `actual` and `reference`, -1 to 1; 1 for equal planes. Throws RangeError
 * for planes of different sizes, and for planes smaller than 11x11 within the border.
 *
 * Mean of the SSIM map under an 11x11 Gaussian of sigma 1.5, where the window lies wholly inside
 * the picture ("valid"), K1 = 0.01, K2 = 0.03, with the peak 255 at 8 bit, 1023 at 10: what papers
 * on super-resolution call SSIM of Y. `border` samples are left out on each side; papers use the
 * scale factor.
 *
 * Source: Wang, Bovik, Sheikh, Simoncelli: Image Quality Assessment, IEEE TIP 13(4), 2004.
 */
export function ssim(reference: Plane, actual: Plane, bitDepth = 8, border = 0): number {
  checkPlanes(reference, actual, size, border);
  const peak = 2 ** bitDepth - 1;
  const c1 = (0.01 * peak) ** 2;
  const c2 = (0.03 * peak) ** 2;
  const taps = gaussian();
  const columns = reference.width - 2 * border - size + 1;
  const rows = reference.height - 2 * border - size + 1;
  // Only the filtered rows under the window are held: a ring of eleven.
  const ring = Array.from({ length: size }, () => new Float64Array(5 * columns));
  const sums = new Float64Array(5 * columns);
  let total = 0;
  for (let y = 0; y < rows + size - 1; y++) {
    filterRow([reference, actual], y + border, border, taps, ring[y % size]!);
    if (y < size - 1) continue;
    sums.fill(0);
    for (let k = 0; k < size; k++) {
      const tap = taps[k]!;
      const row = ring[(y + 1 + k) % size]!;
      for (let i = 0; i < sums.length; i++) sums[i]! += tap * row[i]!;
    }
    for (let x = 0; x < columns; x++) {
      const meanA = sums[x]!;
      const meanB = sums[columns + x]!;
      const varianceA = sums[2 * columns + x]! - meanA * meanA;
      const varianceB = sums[3 * columns + x]! - meanB * meanB;
      const covariance = sums[4 * columns + x]! - meanA * meanB;
      total +=
        ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
        ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
    }
  }
  return total / (rows * columns);
}
