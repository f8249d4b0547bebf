import type { Plane } from '../planes/plane.js';

/**
 * Mean squared error of `actual` against `reference`, in squared sample values, summed in float64.
 * `border` samples are left out on each side. Throws RangeError for planes of different sizes.
 */
export function meanSquaredError(reference: Plane, actual: Plane, border = 0): number {
  const { width, height } = reference;
  if (actual.width !== width || actual.height !== height) {
    throw new RangeError(
      `expected planes of one size but received ${width}x${height} and ${actual.width}x${actual.height}`,
    );
  }
  const a = reference.data;
  const b = actual.data;
  let sum = 0;
  for (let y = border; y < height - border; y++) {
    // Summed row by row: a row's sum stays a small whole number, which the JIT compiles better.
    let row = 0;
    for (let i = y * width + border, end = (y + 1) * width - border; i < end; i++) {
      const d = a[i]! - b[i]!;
      row += d * d;
    }
    sum += row;
  }
  return sum / ((width - 2 * border) * (height - 2 * border));
}

/** PSNR in dB of a mean squared error between samples of `bitDepth` bits; `Infinity` for 0. */
export function psnrOfMse(mse: number, bitDepth = 8): number {
  const peak = 2 ** bitDepth - 1;
  return 10 * Math.log10((peak * peak) / mse);
}

/**
 * Peak signal-to-noise ratio of `actual` against `reference`, in decibels; higher is closer.
 *
 * PSNR = 10 log10(peak^2 / MSE) with peak 255 at 8 bit, 1023 at 10, on samples as stored (limited
 * range is not stretched), summed in float64. Equal planes give `Infinity`. `border` samples are
 * left out on each side; papers use the scale factor. With `border` 0 this is ffmpeg's `psnr_y`.
 *
 * Source: https://ffmpeg.org/ffmpeg-filters.html#psnr
 */
export function psnr(reference: Plane, actual: Plane, bitDepth = 8, border = 0): number {
  return psnrOfMse(meanSquaredError(reference, actual, border), bitDepth);
}
