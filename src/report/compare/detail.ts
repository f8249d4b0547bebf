import { badValue } from '../../errors.js';
import { busiestCrop, type Crop } from '../page/before-after.js';
import type { RgbPicture } from '../rgb-picture.js';
import type { Reconstructions } from './reconstructions.js';

/** Side of the part that is shown enlarged, in pixels. */
const side = 64;

/** Side of an enlarged detail, in pixels, at most. */
export const detailSide = 320;

/** A place in a picture, in pixels from its left and top. */
export type Place = { readonly x: number; readonly y: number };

/**
 * The part to show: that around `middle`, or (`null`) where bilinear and ours differ most. Throws
 * VsrError `option` for a place outside the picture.
 */
export function detailOf({ bilinear, ours }: Reconstructions, middle: Place | null): Crop {
  const { width, height } = ours.picture;
  if (middle === null) return busiestCrop(bilinear.picture, ours.picture, side, side);
  const { x, y } = middle;
  if (!(x >= 0 && x < width && y >= 0 && y < height)) {
    throw badValue(
      `a place within the ${width}x${height} that are compared`,
      'detail',
      `${x},${y}`,
    );
  }
  const size = { width: Math.min(side, width), height: Math.min(side, height) };
  const within = (place: number, part: number, whole: number): number =>
    Math.min(whole - part, Math.max(0, Math.round(place) - (part >> 1)));
  return { left: within(x, size.width, width), top: within(y, size.height, height), ...size };
}

/** How many pixels each way a pixel of the detail is shown as. */
export function zoomOf({ width, height }: Crop): number {
  return Math.floor(detailSide / Math.max(width, height));
}

/** A part of a picture, each of its pixels as `zoom` times `zoom` equal ones. */
export function magnified(picture: RgbPicture, part: Crop, zoom: number): RgbPicture {
  const [width, height] = [part.width * zoom, part.height * zoom];
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const row = (part.top + Math.floor(y / zoom)) * picture.width + part.left;
    for (let x = 0; x < width; x++, to += 3) {
      const from = 3 * (row + Math.floor(x / zoom));
      data.set(picture.data.subarray(from, from + 3), to);
    }
  }
  return { data, width, height };
}
