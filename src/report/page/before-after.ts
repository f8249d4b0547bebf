import type { RgbPicture } from '../rgb-picture.js';

/**
 * Two or three pictures of one moment at one size, for a slider; each is a `data:` URI of a WebP.
 */
export type Views = {
  readonly bicubic: string | null;
  readonly ours: string;
  readonly reference: string | null;
  readonly width: number;
  readonly height: number;
};

/** Pictures of one moment, all of the output's size. */
export type Moment = {
  readonly bicubic: RgbPicture | null;
  readonly ours: RgbPicture;
  readonly reference: RgbPicture | null;
  /** Degrees clockwise by which a player rotates them. */
  readonly rotation: number;
};

/** Place and size of a crop within a picture. */
export type Crop = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** Side, in samples, of the squares by which differences are summed. */
const cell = 16;

/** The part of at most `width` x `height` where two pictures of one size differ most. */
export function busiestCrop(a: RgbPicture, b: RgbPicture, width: number, height: number): Crop {
  const size = { width: Math.min(width, a.width), height: Math.min(height, a.height) };
  const columns = Math.ceil(a.width / cell);
  const rows = Math.ceil(a.height / cell);
  // Sums over all cells left of and above a corner: any rectangle's sum is four look-ups.
  const sums = new Float64Array((columns + 1) * (rows + 1));
  const cells = new Float64Array(columns * rows);
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const at = 3 * (y * a.width + x) + 1;
      cells[Math.floor(y / cell) * columns + Math.floor(x / cell)]! += Math.abs(
        a.data[at]! - b.data[at]!,
      );
    }
  }
  const across = columns + 1;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const around =
        sums[y * across + x + 1]! + sums[(y + 1) * across + x]! - sums[y * across + x]!;
      sums[(y + 1) * across + x + 1] = cells[y * columns + x]! + around;
    }
  }
  let best = { left: 0, top: 0 };
  let most = -1;
  const [w, h] = [Math.ceil(size.width / cell), Math.ceil(size.height / cell)];
  for (let y = 0; y + h <= rows; y++) {
    for (let x = 0; x + w <= columns; x++) {
      const sum =
        sums[(y + h) * across + x + w]! -
        sums[y * across + x + w]! -
        sums[(y + h) * across + x]! +
        sums[y * across + x]!;
      if (sum > most) [most, best] = [sum, { left: x * cell, top: y * cell }];
    }
  }
  const left = Math.min(best.left, a.width - size.width);
  return { left, top: Math.min(best.top, a.height - size.height), ...size };
}

async function webp(picture: RgbPicture, part: Crop | null, fit: number, rotation: number) {
  const { default: sharp } = await import('sharp');
  let image = sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: 3 },
  });
  if (part !== null) image = image.extract(part);
  if (rotation !== 0) image = image.rotate(rotation);
  if (fit > 0)
    image = image.resize({ width: fit, height: fit, fit: 'inside', withoutEnlargement: true });
  const quality = part === null ? 90 : 95;
  const { data, info } = await image
    .webp({ quality, smartSubsample: true, effort: 4 })
    .toBuffer({ resolveWithObject: true });
  return { uri: `data:image/webp;base64,${data.toString('base64')}`, ...info };
}

/**
 * A moment as WebP, visually lossless: `crop` of it at 1:1, or (`null`) the whole, reduced to at
 * most `fit` samples a side.
 */
export async function viewsOf(moment: Moment, crop: Crop | null, fit: number): Promise<Views> {
  const ours = await webp(moment.ours, crop, fit, moment.rotation);
  const other = async (picture: RgbPicture | null) =>
    picture === null ? null : (await webp(picture, crop, fit, moment.rotation)).uri;
  return {
    bicubic: await other(moment.bicubic),
    ours: ours.uri,
    reference: await other(moment.reference),
    width: ours.width,
    height: ours.height,
  };
}
