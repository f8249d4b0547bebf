import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError, messageOf } from '../../errors.js';
import type { Place } from '../../files/place.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { decodeBmp } from '../../media/still/bmp.js';
import { psnrOfMse } from '../../metrics/psnr.js';
import type { CompareMode } from '../../media/frames/compare-clips.js';
import type { RgbPicture } from '../rgb-picture.js';

/** A still picture as it is shown, as 8-bit RGB; opacity is laid over grey. */
export async function readRgb(file: string): Promise<RgbPicture> {
  const { default: sharp } = await import('sharp');
  try {
    // sharp reads no BMP.
    const bmp = /\.bmp$/i.test(file) ? decodeBmp(await readFile(file), file) : null;
    const { data, info } = await (bmp === null ? sharp(file) : sharp(bmp.data, { raw: bmp }))
      .autoOrient()
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels === 3) return { data, width: info.width, height: info.height };
    const rgb = Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!);
    return { data: rgb, width: info.width, height: info.height };
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw new VsrError('media', `${file} cannot be read as a picture: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Mean squared error over R, G and B together. */
export function rgbError(a: RgbPicture, b: RgbPicture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i]! - b.data[i]!) ** 2;
  return sum / a.data.length;
}

/** PSNR over R, G and B together, in decibels. */
export function rgbPsnr(a: RgbPicture, b: RgbPicture): number {
  return psnrOfMse(rgbError(a, b));
}

/** Puts two pictures of one size into one, as `compareClips` does. */
export function combine(
  a: RgbPicture,
  b: RgbPicture,
  mode: CompareMode,
  amplify: number,
): RgbPicture {
  const { width, height } = a;
  if (mode === 'side') {
    const data = new Uint8Array(6 * width * height);
    for (let y = 0; y < height; y++) {
      const row = [3 * width * y, 3 * width * (y + 1)] as const;
      data.set(a.data.subarray(...row), 6 * width * y);
      data.set(b.data.subarray(...row), 6 * width * y + 3 * width);
    }
    return { data, width: 2 * width, height };
  }
  const data = new Uint8ClampedArray(3 * width * height);
  const half = width >> 1;
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / 3) % width;
    if (mode === 'difference') data[i] = 128 + amplify * (a.data[i]! - b.data[i]!);
    else if (x === half - 1 || x === half) data[i] = 255;
    else data[i] = x < half ? a.data[i]! : b.data[i]!;
  }
  return { data: new Uint8Array(data.buffer), width, height };
}

/** Writes a picture in the format that its place's ending names. */
export async function writeRgb(picture: RgbPicture, place: Place): Promise<void> {
  const output = place.file;
  const { default: sharp } = await import('sharp');
  const { data, width, height } = picture;
  try {
    await using folder = await temporaryFolder('compare', path.dirname(path.resolve(output)));
    const draft = path.join(folder.path, `whole${path.extname(output)}`);
    await sharp(data, { raw: { width, height, channels: 3 } }).toFile(draft);
    await place.put(draft);
  } catch (error) {
    if (error instanceof VsrError) throw error;
    throw new VsrError('disk', `${output} cannot be written: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
