import type { Plane } from './plane.js';

/** The interpolation kernels: function and support (samples each way, at scale 1). */
const kernels = {
  nearest: { reach: 0.5, at: (x: number) => (x >= -0.5 && x < 0.5 ? 1 : 0) },
  bilinear: { reach: 1, at: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, at: cubic },
  lanczos3: { reach: 3, at: lanczos3 },
};

/** The name of an interpolation kernel. */
export type ResizeKernel = keyof typeof kernels;

/** Keys' cubic with a = -0.5, as Matlab's imresize and the papers use. */
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
  /** `bicubic` unless told otherwise. */
  readonly kernel?: ResizeKernel;
  /** Widens the kernel when reducing, so that nothing aliases; true. `nearest` never does. */
  readonly antialias?: boolean;
  /**
   * Adds to each output sample's place, in source samples (right and down are positive); 0 keeps
   * the pictures' centres together. Chroma siting is expressed so.
   */
  readonly shiftX?: number;
  readonly shiftY?: number;
  /**
   * Target samples for each source sample, each way, where that is not the quotient of the sizes:
   * of an odd width at 3/2 the last half sample is left out, and all others stay where they are.
   */
  readonly scale?: number;
};

/** For each output sample: `taps` source places and weights, one after the other. */
export type ResizeTaps = {
  readonly taps: number;
  readonly places: Int32Array;
  readonly weights: Float64Array;
};

/** `index` mirrored into 0..length-1, the border sample included twice (Matlab's `symmetric`). */
function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const place = ((index % period) + period) % period;
  return place < length ? place : period - 1 - place;
}

/**
 * Places and weights that take `from` samples to `to`, as Matlab's imresize does: sample i lies at
 * (i + 1/2) from/to - 1/2, weights sum to 1, the border is mirrored.
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
 * Resizes samples in double precision and hands each finished output row to `emit`.
 * The row is used again for the next one.
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

/** A plane of real numbers; rows top to bottom, no padding. */
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
 * Resizes a plane of `bitDepth` bits; bicubic with antialiasing unless told otherwise, computed in
 * double precision, rounded once (halves up) and clipped. Agrees with Matlab's imresize.
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
      // The nudge keeps exact halves from falling either way with the order of summation.
      data[k] = value <= 0 ? 0 : value >= peak ? peak : Math.floor(value + 0.5 + 1e-9);
    }
  });
  return { data, width, height };
}
