import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mapOrdered } from '../../map-ordered.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { bareFrames, type BareRequest } from '../frames/bare-frames.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { spaceOf } from '../still/still.js';
import { nameOfNumber, parsePattern } from './numbered-names.js';

/** A file format of grey pictures, by sharp's name. */
export type GreyKind = 'png' | 'jpeg' | 'tiff';

/** How many pictures are encoded at the same time. */
const atOnce = 3;

/**
 * The luma of a frame, stretched so that black is 0 and white is `peak`, interleaved with its alpha
 * where it has one. A frame without chroma that states no range has full range, as in ffmpeg.
 */
export function greySamples(
  frame: Uint8Array,
  layout: FrameLayout,
  range: 'tv' | 'pc' | null,
  peak: 255 | 65535,
): Uint8Array | Uint16Array {
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
    if (opacity !== null) samples[k + 1] = Math.round((opacity[i]! * peak) / top);
  }
  return samples;
}

/** The grey pictures to make of a clip's frames. */
export type GreyPictures = {
  /** Path of the clip, whose first video stream has frames of `layout`. */
  readonly clip: string;
  readonly layout: FrameLayout;
  readonly range: 'tv' | 'pc' | null;
  readonly kind: GreyKind;
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
 * Writes every frame as a picture of one channel, or of two with alpha. ffmpeg 5.1 cannot do this:
 * swscale does not convert the range of 8-bit grey, cannot make 16-bit grey with alpha, and JPEGs
 * get colour channels. Rejects as `bareFrames` does, and with errors of sharp and of the file
 * system.
 */
export async function writeGrey(
  ffmpeg: Ffmpeg,
  pictures: GreyPictures,
  request: BareRequest,
): Promise<void> {
  const { clip, layout, range, kind, isDeep, into, first } = pictures;
  const { default: sharp } = await import('sharp');
  const { width, height, format, byteLength } = layout;
  const space = spaceOf(true, isDeep);
  const pattern = parsePattern(pictures.pattern)!;
  const channels = format.alpha ? 2 : 1;
  let number = first;
  const write = async (frame: Uint8Array): Promise<void> => {
    const name = nameOfNumber(pattern, number++);
    const samples = greySamples(frame, layout, range, isDeep ? 65535 : 255);
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
