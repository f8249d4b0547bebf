import { ratioOf } from '../../model/language/ratio.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { codeAndDecode } from '../../media/frames/code-and-decode.js';
import { type FirstPass, runFirstPass } from './first-pass.js';
import { normals, type Random } from '../base/random.js';

/** The names `degrade` knows. */
export const degradations = ['bicubic', 'blur', 'codec'] as const;

/** How the low-resolution input is made of a picture. */
export type Degradation = {
  readonly kind: (typeof degradations)[number];
  /**
   * Deviation of Gaussian noise added to the low-resolution samples, in sample values; 0 for none.
   */
  readonly noise: number;
  /** For `codec`: lowest and highest x264 CRF, one drawn per picture. */
  readonly crf: readonly [number, number];
  /** For `codec`: share of the pictures, 0 to 1, left as `bicubic` makes them; 0 if absent. */
  readonly clean?: number;
  /**
   * Share of the pictures, 0 to 1, whose studio-range luma is stretched to full range first; 0 if
   * absent.
   */
  readonly fullRange?: number;
  /**
   * The pass ahead, for a network that is the second of a chain: the picture is made smaller by its
   * scale, too, and what it gives is the low-resolution input.
   */
  readonly after?: FirstPass;
};

/** A low-resolution plane and what it should be enlarged to. */
export type PlanePair = { readonly low: Plane; readonly high: Plane };

/** A window of a plane, as a copy. */
export function cropPlane(
  plane: Plane,
  left: number,
  top: number,
  width: number,
  height: number,
): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * plane.width + left;
    data.set(plane.data.subarray(start, start + width), y * width);
  }
  return { data, width, height };
}

/**
 * Makes the low-resolution picture of `picture` (8 bit), which is first cropped to a multiple of
 * `scale` and, by chance, stretched to full range. `codec` may crop both some more.
 *
 * - `bicubic`: antialiased, as Matlab's imresize.
 * - `blur`: a Gaussian of deviation 0.8 `scale` / 2, then every `scale`-th sample.
 * - `codec`: bicubic, then one frame of a short clip coded by x264 and decoded again.
 */
export async function degrade(
  picture: Plane,
  scale: number,
  degradation: Degradation,
  random: Random,
): Promise<PlanePair> {
  const { after } = degradation;
  if (after === undefined) return reduceAndDegrade(picture, scale, degradation, random);
  const { low, high } = await reduceAndDegrade(picture, scale * after.scale, degradation, random);
  return { low: await runFirstPass(after, low), high };
}

/**
 * Samples of the low resolution of `extent` samples: as many as are enlarged to whole ones, at most
 * `extent`.
 */
export function reduced(extent: number, scale: number): number {
  const { num, den } = ratioOf(scale);
  return Math.floor(extent / num) * den;
}

async function reduceAndDegrade(
  picture: Plane,
  scale: number,
  { kind, noise, crf, clean = 0, fullRange = 0 }: Degradation,
  random: Random,
): Promise<PlanePair> {
  const width = reduced(picture.width, scale);
  const height = reduced(picture.height, scale);
  const cropped = cropPlane(picture, 0, 0, width * scale, height * scale);
  const high = fullRange > 0 && random() < fullRange ? toFullRange(cropped) : cropped;
  let pair: PlanePair = { low: resizePlane(high, width, height), high };
  if (kind === 'blur') pair = { low: blurAndPick(high, scale), high };
  const coded = kind === 'codec' && random() >= clean;
  if (coded) pair = await codePair(pair, scale, crf, random);
  return noise > 0 ? { low: noisy(pair.low, noise, random), high: pair.high } : pair;
}

/**
 * Luma of 16 to 235 as 0 to 255, as clips of full range have it; a plane with samples beyond that
 * is full range already and stays. A network that never saw white above 235 may grey it.
 */
export function toFullRange(plane: Plane): Plane {
  const data = new Uint8Array(plane.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = plane.data[i]!;
    if (value < 16 || value > 235) return plane;
    data[i] = Math.round(((value - 16) * 255) / 219);
  }
  return { ...plane, data };
}

/**
 * Frames of the clip a still is coded as: x264 treats the first, those between and the last
 * differently.
 */
const clipFrames = 6;

/** Low-resolution samples the view moves by from frame to frame, at most. */
const furthestMove = 2;

/**
 * Codes a still as a short clip and takes one of its frames. The view pans by whole samples of the
 * original: by fractions of a low-resolution sample, so that no frame is a mere copy of another.
 */
async function codePair(
  { low, high }: PlanePair,
  scale: number,
  [lowest, highest]: readonly [number, number],
  random: Random,
): Promise<PlanePair> {
  const margin = Math.ceil((furthestMove * (clipFrames - 1)) / 2);
  // 4:2:0 needs even sizes.
  const width = (low.width - 2 * margin) & ~1;
  const height = (low.height - 2 * margin) & ~1;
  if (width < 16 || height < 16) return { low, high };
  const moves = 2 * furthestMove * scale + 1;
  const drawMove = () => Math.floor(random() * moves) - furthestMove * scale;
  const [moveX, moveY] = [drawMove(), drawMove()];
  const chosen = Math.floor(random() * clipFrames);
  const crf = lowest + Math.floor(random() * (highest - lowest + 1));
  /** Where a frame's view begins, in samples of the original. */
  const at = (frame: number, move: number) =>
    margin * scale + Math.round((frame - (clipFrames - 1) / 2) * move);
  const smaller = new Map<number, Plane>();
  const frames = Array.from({ length: clipFrames }, (_, frame) => {
    const [x, y] = [at(frame, moveX), at(frame, moveY)];
    const [shiftX, shiftY] = [x % scale, y % scale];
    const phase = shiftY * scale + shiftX;
    const whole =
      smaller.get(phase) ?? resizePlane(high, low.width, low.height, 8, { shiftX, shiftY });
    smaller.set(phase, whole);
    return cropPlane(whole, (x - shiftX) / scale, (y - shiftY) / scale, width, height);
  });
  const coded = await codeAndDecode(frames, crf);
  return {
    low: coded[chosen]!,
    high: cropPlane(high, at(chosen, moveX), at(chosen, moveY), width * scale, height * scale),
  };
}

function noisy(plane: Plane, deviation: number, random: Random): Plane {
  const normal = normals(random);
  const data = new Uint8ClampedArray(plane.data.length);
  for (let i = 0; i < data.length; i++) data[i] = plane.data[i]! + deviation * normal();
  return { ...plane, data: new Uint8Array(data.buffer) };
}

/**
 * Gaussian blur (borders repeated), then the sample nearest the middle of each scale x scale block.
 */
function blurAndPick(high: Plane, scale: number): Plane {
  const deviation = 0.4 * scale;
  const radius = Math.ceil(3 * deviation);
  // Places between two samples when the scale is even: the middle of the block.
  const middle = (scale - 1) / 2;
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.floor(middle) + i - radius);
  const weights = taps.map((tap) => Math.exp(-((tap - middle) ** 2) / (2 * deviation ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const width = high.width / scale;
  const height = high.height / scale;
  const half = new Float64Array(width * high.height);
  const data = new Uint8Array(width * height);
  const within = (place: number, length: number) => Math.min(length - 1, Math.max(0, place));
  for (let y = 0; y < high.height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [i, tap] of taps.entries()) {
        sum += weights[i]! * high.data[y * high.width + within(x * scale + tap, high.width)]!;
      }
      half[y * width + x] = sum / total;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [i, tap] of taps.entries()) {
        sum += weights[i]! * half[within(y * scale + tap, high.height) * width + x]!;
      }
      data[y * width + x] = Math.round(sum / total);
    }
  }
  return { data, width, height };
}
