import { busiestCrop, type Crop } from '../page/before-after.js';
import type { RgbPicture } from '../rgb-picture.js';

/** The largest part: three of this size fit side by side on a page at about 1:1. */
export const largestPart = { width: 400, height: 300 };

/** A picture is divided into at most this many fields each way, with one part in each. */
const mostFields = 3;

const rawOf = ({ width, height }: RgbPicture) => ({ width, height, channels: 3 }) as const;

/** A picture as a player shows it; `rotation` in degrees clockwise. */
export async function upright(picture: RgbPicture, rotation: number): Promise<RgbPicture> {
  if (rotation === 0) return picture;
  const { default: sharp } = await import('sharp');
  const turned = sharp(picture.data, { raw: rawOf(picture) }).rotate(rotation);
  const { data, info } = await turned.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Equal fields of a picture that each have room for a part. */
export function fieldsOf(width: number, height: number): Crop[] {
  const count = (extent: number, part: number): number =>
    Math.min(mostFields, Math.max(1, Math.floor(extent / part)));
  const [columns, rows] = [count(width, largestPart.width), count(height, largestPart.height)];
  return Array.from({ length: rows * columns }, (_, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const left = Math.floor((column * width) / columns);
    const top = Math.floor((row * height) / rows);
    return {
      ...{ left, top, width: Math.floor(((column + 1) * width) / columns) - left },
      height: Math.floor(((row + 1) * height) / rows) - top,
    };
  });
}

/** The part of a field with the most detail; all of a field that is no larger. */
export async function busiestPart(picture: RgbPicture, field: Crop): Promise<Crop> {
  const { default: sharp } = await import('sharp');
  const data = await sharp(picture.data, { raw: rawOf(picture) })
    .extract(field)
    .raw()
    .toBuffer();
  const { width, height } = field;
  const raw = { width, height, channels: 3 } as const;
  const soft = await sharp(data, { raw }).blur(2).raw().toBuffer();
  const { width: most, height: high } = largestPart;
  const found = busiestCrop({ data, width, height }, { data: soft, width, height }, most, high);
  return { ...found, left: field.left + found.left, top: field.top + found.top };
}

/** A part of a picture as a `data:` URI, lossless, so that nobody judges the page's coding. */
export async function partUri(picture: RgbPicture, part: Crop): Promise<string> {
  const { default: sharp } = await import('sharp');
  const bytes = await sharp(picture.data, { raw: rawOf(picture) })
    .extract({ left: part.left, top: part.top, width: part.width, height: part.height })
    .webp({ lossless: true, effort: 2 })
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString('base64')}`;
}
