import { ratioOf } from '../../model/language/ratio.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { clipFrames, codePair, drawnCoding } from '../coded/code-pair.js';
import { anyCoding, anyFields, x264Coding } from '../coded/draw-coding.js';
import { fieldCount, fieldPair } from '../coded/field-pair.js';
import { movingViews } from '../coded/moving-views.js';
import { type FirstPass, runFirstPass } from './first-pass.js';
import { cropPlane } from '../../planes/crop-plane.js';
import type { PlanePair } from '../coded/plane-pair.js';
import { normals, type Random } from '../base/random.js';

/** The names of ways to make the low-resolution picture. */
export const degradations = ['bicubic', 'blur', 'codec', 'codecs'] as const;

/** How the low-resolution input is made from a picture. */
export type Degradation = {
  readonly kind: (typeof degradations)[number];
  /**
   * Standard deviation, in sample values, of Gaussian noise added to the network's input; 0 for
   * none.
   */
  readonly noise: number;
  /**
   * For `codec` and `codecs`: lowest and highest x264 CRF, one drawn per picture; other coders get
   * a quality that is about as coarse.
   */
  readonly crf: readonly [number, number];
  /**
   * For `codec` and `codecs`: share of the pictures, 0 to 1, left as `bicubic` makes them; 0 if
   * absent.
   */
  readonly clean?: number;
  /**
   * For `codecs`: share of the pictures, 0 to 1, that are fields of a clip and were deinterlaced;
   * 0 if absent. The other shares are of the rest.
   */
  readonly fields?: number;
  /**
   * Share of the pictures, 0 to 1, whose studio-range luma is stretched to full range first; 0 if
   * absent.
   */
  readonly fullRange?: number;
  /**
   * The first pass, for a network that is the second of a chain: the picture is reduced by its
   * scale, too, and its result is the low-resolution input.
   */
  readonly after?: FirstPass;
};

/** Whether low-resolution pictures are coded and decoded again, which is done to luma alone. */
export function isCoded({ kind }: Degradation): boolean {
  return kind === 'codec' || kind === 'codecs';
}

/**
 * Makes the low-resolution picture of `picture` (8 bit), which is first cropped to a multiple of
 * `scale` and, by chance, stretched to full range. `codec` may crop both some more.
 *
 * - `bicubic`: antialiased, as Matlab's imresize.
 * - `blur`: a Gaussian of deviation 0.8 `scale` / 2, then every `scale`-th sample.
 * - `codec`: bicubic, then one frame of a short clip coded by x264 and decoded again.
 * - `codecs`: the same by a coder drawn at random (see `anyCoding`), or a frame of a deinterlaced
 *   clip; only a part of a large picture is used.
 */
export async function degrade(
  picture: Plane,
  scale: number,
  degradation: Degradation,
  random: Random,
): Promise<PlanePair> {
  const { after, noise } = degradation;
  const pair = await reduceAndDegrade(picture, scale * (after?.scale ?? 1), degradation, random);
  const low = after === undefined ? pair.low : await runFirstPass(after, pair.low);
  return { ...pair, low: noise > 0 ? noisy(low, noise, random) : low };
}

/**
 * How many samples `extent` samples are reduced to: the most whose enlargement by `scale` is a
 * whole number of samples, `extent` or fewer.
 */
export function reduced(extent: number, scale: number): number {
  const { num, den } = ratioOf(scale);
  return Math.floor(extent / num) * den;
}

async function reduceAndDegrade(
  picture: Plane,
  scale: number,
  degradation: Degradation,
  random: Random,
): Promise<PlanePair> {
  const { kind, crf, clean = 0, fields = 0, fullRange = 0 } = degradation;
  const all = { left: 0, top: 0, width: picture.width, height: picture.height };
  const part = kind === 'codecs' ? partOf(picture, scale, random) : all;
  const width = reduced(part.width, scale);
  const height = reduced(part.height, scale);
  const cropped = cropPlane(picture, part.left, part.top, width * scale, height * scale);
  const high = fullRange > 0 && random() < fullRange ? toFullRange(cropped) : cropped;
  if (kind === 'codecs' && fields > 0 && random() < fields) {
    const moving = movingViews(high, scale, fieldCount, random);
    return fieldPair(moving, anyFields(crf)(random), random);
  }
  let pair: PlanePair = { low: resizePlane(high, width, height), high, strength: 0 };
  if (kind === 'blur') pair = { low: blurAndPick(high, scale), high, strength: 0 };
  if (isCoded(degradation) && random() >= clean) {
    pair = await codePair(pair, scale, kind === 'codec' ? x264Coding(crf) : anyCoding(crf), random);
  }
  return pair;
}

/** Largest side, in low-resolution samples, of the part used for `codecs`: coding takes long. */
const keptForCodecs = 272;

/** Where a part of a picture begins, in its own samples, and how large it is. */
type Part = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** A random part of a picture, of the size that is kept. */
function partOf({ width, height }: Plane, scale: number, random: Random): Part {
  const most = keptForCodecs * scale;
  const [across, down] = [Math.min(width, most), Math.min(height, most)];
  const left = Math.floor(random() * (width - across + 1));
  const top = Math.floor(random() * (height - down + 1));
  return { left, top, width: across, height: down };
}

/** How many frames of a clip `degradeFootage` takes, if it has as many. */
export function framesOfFootage({ fields = 0 }: Degradation): number {
  return fields > 0 ? fieldCount : clipFrames;
}

/**
 * Makes the low-resolution picture of one of the frames of a clip (8 bit), as `degrade` does with
 * `codecs`, but from real neighbouring frames. Frames are first cropped, so that their low
 * resolution has even sizes.
 */
export async function degradeFootage(
  frames: readonly Plane[],
  scale: number,
  { crf, clean = 0, fields = 0 }: Degradation,
  random: Random,
): Promise<PlanePair> {
  const first = frames[0]!;
  const width = Math.floor(first.width / scale) & ~1;
  const height = Math.floor(first.height / scale) & ~1;
  const cropped = frames.map((frame) => cropPlane(frame, 0, 0, width * scale, height * scale));
  const asFields = fields > 0 && random() < fields && frames.length >= fieldCount;
  const high = asFields ? cropped : cropped.slice(0, clipFrames);
  const low = high.map((frame) => resizePlane(frame, width, height));
  if (asFields) return fieldPair({ low, high }, anyFields(crf)(random), random);
  const chosen = Math.floor(random() * high.length);
  const pair = { low: low[chosen]!, high: high[chosen]!, strength: 0 };
  if (random() < clean) return pair;
  const coded = await drawnCoding(low, anyCoding(crf)(random), random);
  return { ...pair, low: coded.frames[chosen]!, strength: coded.strength };
}

/**
 * Stretches luma of 16 to 235 to 0 to 255, as clips of full range have it. A plane with samples
 * beyond 16 to 235 is full range already and is returned as it is. A network that never saw white
 * above 235 may turn it grey.
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
