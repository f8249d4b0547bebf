import { readFile } from 'node:fs/promises';
import { messageOf, VsrError } from '../../errors.js';
import type { Plane } from '../../planes/plane.js';
import { decodeBmp, isBmp, type RawImage } from './bmp.js';

/** Name endings of pictures that can be read for training and evaluation, in lower case. */
export const imageEndings = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.bmp'] as const;

/** Whether a file's name has one of these endings. */
export function isImageName(file: string): boolean {
  const lower = file.toLowerCase();
  return imageEndings.some((ending) => lower.endsWith(ending));
}

function lumaOf(red: number, green: number, blue: number): number {
  return Math.round(16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255);
}

function greyOf(red: number, green: number, blue: number): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}

/** BT.601 studio-range Y of 8-bit RGB, rounded: 16 to 235, as in Matlab's rgb2ycbcr. */
export function lumaOfRgb(image: RawImage): Plane {
  const { data, width, height } = image;
  const y = new Uint8Array(width * height);
  for (let i = 0, k = 0; i < y.length; i++, k += 3) {
    y[i] = lumaOf(data[k]!, data[k + 1]!, data[k + 2]!);
  }
  return { data: y, width, height };
}

/**
 * Decodes a picture; `shown` says that its orientation is to be applied, and that it may come from
 * another machine, so that sharp's limit of pixels holds.
 */
async function decode(bytes: Buffer, file: string, shown: boolean): Promise<RawImage> {
  if (isBmp(bytes)) return decodeBmp(bytes, file);
  const { default: sharp } = await import('sharp');
  const image = sharp(bytes, { limitInputPixels: shown, sequentialRead: true });
  const { channels } = await image.metadata();
  const grey = channels <= 2;
  const { data, info } = await (shown ? image.autoOrient() : image)
    .removeAlpha()
    // Without this, sharp 0.35.5 makes three channels of a single grey one.
    .toColourspace(grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3 };
}

async function decodeNamed(file: string, known?: Buffer, shown = false): Promise<RawImage> {
  try {
    return await decode(known ?? (await readFile(file)), file, shown);
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw new VsrError('media', `${file} cannot be read as a picture: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/**
 * The 8-bit luma of a picture in the benchmark convention: rounded BT.601 studio-range Y of colour,
 * also of grey stored as RGB; the samples of a single-channel or palette-grey file unchanged.
 * Throws VsrError `media` for a file that cannot be decoded.
 */
export async function readLuma(file: string): Promise<Plane> {
  const image = await decodeNamed(file);
  if (image.channels === 3) return lumaOfRgb(image);
  return { data: image.data, width: image.width, height: image.height };
}

/**
 * The 8-bit grey of a picture as it is shown: of colour full-range BT.601 luma; opacity is left
 * out. `bytes` are those of `file`. Throws as `readLuma` does.
 */
export async function readGrey(file: string, bytes: Buffer): Promise<Plane> {
  const { data, width, height, channels } = await decodeNamed(file, bytes, true);
  if (channels === 1) return { data, width, height };
  const grey = new Uint8Array(width * height);
  for (let i = 0, k = 0; i < grey.length; i++, k += 3) {
    grey[i] = greyOf(data[k]!, data[k + 1]!, data[k + 2]!);
  }
  return { data: grey, width, height };
}

/** A picture's red, green and blue, 8 bit. */
export type RgbImage = {
  readonly planes: readonly [Plane, Plane, Plane];
  /** Its file holds a single channel or a grey palette; the three planes are the same. */
  readonly isGrey: boolean;
};

/** Red, green and blue of a picture. Throws as `readLuma` does. */
export async function readRgb(file: string): Promise<RgbImage> {
  const { data, width, height, channels } = await decodeNamed(file);
  const isGrey = channels === 1;
  const plane = (channel: number): Plane => {
    if (isGrey) return { data, width, height };
    const samples = new Uint8Array(width * height);
    for (let i = 0, k = channel; i < samples.length; i++, k += 3) samples[i] = data[k]!;
    return { data: samples, width, height };
  };
  return { planes: [plane(0), plane(1), plane(2)], isGrey };
}

/**
 * The luma of 8-bit planes of red, green and blue by the convention of `readLuma`: BT.601
 * studio-range Y, but for a picture whose file is grey BT.601 full-range Y. A single plane is
 * returned as luma.
 */
export function lumaOfPlanes(planes: readonly Plane[], isGrey = false): Plane {
  const [red, green, blue] = planes;
  if (red === undefined || green === undefined || blue === undefined) return planes[0]!;
  const { width, height } = red;
  const y = new Uint8Array(width * height);
  const of = isGrey ? greyOf : lumaOf;
  for (let i = 0; i < y.length; i++) y[i] = of(red.data[i]!, green.data[i]!, blue.data[i]!);
  return { data: y, width, height };
}
