import type { Plane } from './plane.js';

/** The interpolation kernels: the function, and its radius in samples. */
const kernels = {
  nearest: { reach: 0.5, at: (x: number) => (x >= -0.5 && x < 0.5 ? 1 : 0) },
  bilinear: { reach: 1, at: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, at: cubic },
  lanczos3: { reach: 3, at: lanczos3 },
};

/** The name of an interpolation kernel. */
export type ResizeKernel = keyof typeof kernels;

/**
 * Keys' cubic kernel with a = -0.5, as Matlab's imresize and the papers use; `x` in samples.
 *
 * Source: Keys: Cubic Convolution Interpolation for Digital Image Processing, IEEE TASSP 29(6),
 * 1981.
 */
export function cubic(x: number): number {
  const d = Math.abs(x);
  if (d <= 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

function lanczos3(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const t = Math.PI * x;
  return (3 * Math.sin(t) * Math.sin(t / 3)) / (t * t);
}

/** How a plane is resized. */
export type ResizeOptions = {
  /** Default: `bicubic`. */
  readonly kernel?: ResizeKernel;
  /**
   * Widens the kernel when reducing, so that nothing aliases. Default: true. Has no effect on
   * `nearest`.
   */
  readonly antialias?: boolean;
  /**
   * Moves the place in the source that every output sample is taken from, in source samples; right
   * and down are positive. With 0, the default, both pictures have the same centre. Chroma siting
   * is expressed by this.
   */
  readonly shiftX?: number;
  readonly shiftY?: number;
  /**
   * Output samples per source sample. Default: the quotient of the sizes. It differs from that for
   * an odd width at 3/2, where the incomplete last sample is left out.
   */
  readonly scale?: number;
};

/** The weighted source samples that every output sample is the sum of. */
export type ResizeTaps = {
  /** Source samples per output sample. */
  readonly taps: number;
  /** Indices of source samples: `taps` for the first output sample, then `taps` for the next ... */
  readonly places: Int32Array;
  /** The weights of these samples, in the same order; those of one output sample sum to 1. */
  readonly weights: Float64Array;
};

/** `index` mirrored into 0 to length - 1, the border sample repeated (Matlab's `symmetric`). */
function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const place = ((index % period) + period) % period;
  return place < length ? place : period - 1 - place;
}

/**
 * Places and weights that resize a row or column of `from` samples to `to`, as Matlab's imresize
 * does: output sample i lies at (i + 1/2) from/to - 1/2 + `shift` of the source, and the border is
 * mirrored.
 */
export function resizeTaps(
  from: number,
  to: number,
  { kernel = 'bicubic', antialias = true, scale }: ResizeOptions = {},
  shift = 0,
): ResizeTaps {
  const { reach, at } = kernels[kernel];
  const ratio = scale === undefined ? from / to : 1 / scale;
  const stretch = antialias && kernel !== 'nearest' ? Math.max(1, ratio) : 1;
  const support = reach * stretch;
  const taps = Math.ceil(2 * support) + 1;
  const places = new Int32Array(to * taps);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio - 0.5 + shift;
    const first = Math.ceil(centre - support);
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      const weight = at((first + t - centre) / stretch);
      weights[i * taps + t] = weight;
      places[i * taps + t] = mirrored(first + t, from);
      sum += weight;
    }
    for (let t = 0; t < taps; t++) weights[i * taps + t]! /= sum;
  }
  return { taps, places, weights };
}

/**
 * Resizes samples in double precision and passes each finished output row to `emit`, which must
 * copy it: its memory is reused for the next row.
 */
function resizeRows(
  source: Plane | FloatPlane,
  width: number,
  height: number,
  options: ResizeOptions,
  emit: (row: Float64Array, y: number) => void,
): void {
  const across = resizeTaps(source.width, width, options, options.shiftX);
  const down = resizeTaps(source.height, height, options, options.shiftY);
  const { data } = source;
  const column = new Float64Array(source.width);
  const row = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    column.fill(0);
    for (let t = 0; t < down.taps; t++) {
      const weight = down.weights[y * down.taps + t]!;
      if (weight === 0) continue;
      const start = down.places[y * down.taps + t]! * source.width;
      for (let x = 0; x < column.length; x++) column[x]! += weight * data[start + x]!;
    }
    for (let x = 0, k = 0; x < width; x++) {
      let sum = 0;
      for (const end = k + across.taps; k < end; k++) {
        sum += across.weights[k]! * column[across.places[k]!]!;
      }
      row[x] = sum;
    }
    emit(row, y);
  }
}

/** A plane of real numbers: rows top to bottom, no padding between rows. */
export type FloatPlane = {
  readonly data: Float32Array | Float64Array;
  readonly width: number;
  readonly height: number;
};

/** Resizes without rounding or clipping; the values keep the source's units. */
export function resizeToFloat(
  source: Plane | FloatPlane,
  width: number,
  height: number,
  options: ResizeOptions = {},
): FloatPlane {
  const data = new Float32Array(width * height);
  resizeRows(source, width, height, options, (row, y) => data.set(row, y * width));
  return { data, width, height };
}

/**
 * Resizes a plane of `bitDepth` bits to `width` x `height`: by default bicubic with antialiasing.
 * Computed in double precision, rounded once (halves up) and clipped. Agrees with Matlab's
 * imresize.
 */
export function resizePlane(
  source: Plane,
  width: number,
  height: number,
  bitDepth = 8,
  options: ResizeOptions = {},
): Plane {
  const peak = 2 ** bitDepth - 1;
  const data = bitDepth === 8 ? new Uint8Array(width * height) : new Uint16Array(width * height);
  resizeRows(source, width, height, options, (row, y) => {
    for (let x = 0, k = y * width; x < width; x++, k++) {
      const value = row[x]!;
      // Without 1e-9, exact halves would be rounded up or down by the order of summation.
      data[k] = value <= 0 ? 0 : value >= peak ? peak : Math.floor(value + 0.5 + 1e-9);
    }
  });
  return { data, width, height };
}
