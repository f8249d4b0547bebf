import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mapOrdered } from '../../map-ordered.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { bareFrames, type BareRequest } from '../frames/bare-frames.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { spaceOf } from '../still/still.js';
import { nameOfNumber, parsePattern } from './numbered-names.js';

/** A file format of pictures, by sharp's name. */
export type PictureKind = 'png' | 'jpeg' | 'tiff';

/** How many pictures are encoded at the same time. */
const atOnce = 3;

/** The samples of one picture, interleaved. */
type PictureSamples = Uint8Array | Uint16Array;

/**
 * What opacity of `bitDepth` bits in a frame was in a picture. ffmpeg makes 10 bits of 16 by
 * rounding bits away, so that a code stands for 64 values, 1023 also for 65535. Where one of these
 * is an opacity of 8 bits, a multiple of 257, it is taken.
 */
function opacityOf(code: number, bitDepth: number, peak: 255 | 65535): number {
  if (bitDepth !== 10) return Math.round((code * peak) / (2 ** bitDepth - 1));
  const eight = Math.min(255, Math.round((code * 64) / 257));
  if (peak === 255) return eight;
  const isEight = Math.min(1023, Math.round((eight * 257) / 64)) === code;
  return isEight ? eight * 257 : Math.round((code * peak) / 1023);
}

/** BT.709's shares of red, green and blue in luma. */
const [red, green, blue] = [0.2126, 0.7152, 0.0722] as const;

/**
 * The red, green and blue of a studio-range BT.709 4:4:4 frame, with its alpha where it has one:
 * what RGB was before it was decoded so.
 */
export function rgbSamples(
  frame: Uint8Array,
  layout: FrameLayout,
  peak: 255 | 65535,
): PictureSamples {
  const { bitDepth, alpha } = layout.format;
  const step = 2 ** (bitDepth - 8);
  const plane = (place: number) => planeOf(frame, layout, place).data;
  const [y, cb, cr] = [plane(0), plane(1), plane(2)];
  const opacity = alpha ? plane(3) : null;
  const channels = alpha ? 4 : 3;
  const size = y.length * channels;
  const samples = peak === 255 ? new Uint8Array(size) : new Uint16Array(size);
  const put = (place: number, value: number): void => {
    samples[place] = Math.min(peak, Math.max(0, Math.round(value)));
  };
  const [lumaScale, chromaScale] = [peak / (219 * step), peak / (224 * step)];
  for (let i = 0, k = 0; i < y.length; i++, k += channels) {
    const luma = (y[i]! - 16 * step) * lumaScale;
    const r = luma + 2 * (1 - red) * (cr[i]! - 128 * step) * chromaScale;
    const b = luma + 2 * (1 - blue) * (cb[i]! - 128 * step) * chromaScale;
    put(k, r);
    put(k + 1, (luma - red * r - blue * b) / green);
    put(k + 2, b);
    if (opacity !== null) put(k + 3, opacityOf(opacity[i]!, bitDepth, peak));
  }
  return samples;
}

/**
 * The luma of a frame, stretched so that black is 0 and white is `peak`, interleaved with its alpha
 * where it has one. A frame without chroma that states no range has full range, as in ffmpeg.
 */
export function greySamples(
  frame: Uint8Array,
  layout: FrameLayout,
  range: 'tv' | 'pc' | null,
  peak: 255 | 65535,
): PictureSamples {
  const { bitDepth, alpha, chroma } = layout.format;
  const top = 2 ** bitDepth - 1;
  const step = 2 ** (bitDepth - 8);
  const isFull = range === 'pc' || (range === null && chroma === null);
  const black = isFull ? 0 : 16 * step;
  const scale = peak / (isFull ? top : 219 * step);
  const { data: luma } = planeOf(frame, layout, 0);
  const opacity = alpha ? planeOf(frame, layout, layout.planes.length - 1).data : null;
  const channels = alpha ? 2 : 1;
  const size = luma.length * channels;
  const samples = peak === 255 ? new Uint8Array(size) : new Uint16Array(size);
  for (let i = 0, k = 0; i < luma.length; i++, k += channels) {
    samples[k] = Math.min(peak, Math.max(0, Math.round((luma[i]! - black) * scale)));
    if (opacity !== null) samples[k + 1] = opacityOf(opacity[i]!, bitDepth, peak);
  }
  return samples;
}

/** The pictures to make of a clip's frames. */
export type SamplePictures = {
  /** Path of the clip, whose first video stream has frames of `layout`. */
  readonly clip: string;
  readonly layout: FrameLayout;
  readonly range: 'tv' | 'pc' | null;
  readonly kind: PictureKind;
  /** Luma alone, or the colours of studio-range BT.709 frames. */
  readonly colours: 'grey' | 'rgb';
  /** 16 bits per sample instead of 8. */
  readonly isDeep: boolean;
  /** An existing folder. */
  readonly into: string;
  /** The pattern of names, as in printf. */
  readonly pattern: string;
  /** The number of the first picture. */
  readonly first: number;
};

/**
 * Writes every frame as a picture of one channel or three, and one more for alpha. ffmpeg 5.1
 * cannot do this: swscale does not convert the range of 8-bit grey, cannot make 16-bit grey with
 * alpha, JPEGs get colour channels, and an opacity of 10 bits never becomes full at 16. Rejects as
 * `bareFrames` does, and with errors of sharp and of the file system.
 */
export async function writeSamples(
  ffmpeg: Ffmpeg,
  pictures: SamplePictures,
  request: BareRequest,
): Promise<void> {
  const { clip, layout, range, kind, colours, isDeep, into, first } = pictures;
  const { default: sharp } = await import('sharp');
  const { width, height, format, byteLength } = layout;
  const isGrey = colours === 'grey';
  const space = spaceOf(isGrey, isDeep);
  const peak = isDeep ? 65535 : 255;
  const pattern = parsePattern(pictures.pattern)!;
  const channels = ((isGrey ? 1 : 3) + (format.alpha ? 1 : 0)) as 1 | 2 | 3 | 4;
  let number = first;
  const write = async (frame: Uint8Array): Promise<void> => {
    const name = nameOfNumber(pattern, number++);
    const samples = isGrey
      ? greySamples(frame, layout, range, peak)
      : rgbSamples(frame, layout, peak);
    const picture = sharp(samples, { raw: { width, height, channels }, limitInputPixels: false })
      .pipelineColourspace(isDeep ? space : 'srgb')
      .toColourspace(space);
    const encoded = {
      png: () => picture.png(),
      jpeg: () => picture.jpeg({ quality: 95 }),
      tiff: () => picture.tiff({ compression: 'deflate', predictor: 'horizontal' }),
    };
    await writeFile(path.join(into, name), await encoded[kind]().toBuffer());
  };
  const wanted = { path: clip, index: 0, filters: `format=${format.name}`, byteLength };
  const frames = bareFrames(ffmpeg, wanted, request);
  const written = mapOrdered(frames, atOnce, write);
  while ((await written.next()).done !== true);
}
