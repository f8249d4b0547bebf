import type { Colour } from '../media/source/source.js';
import { planeOf } from '../planes/frame.js';
import { lumaShares } from '../planes/matrix.js';
import type { FrameLayout } from '../planes/pixel-format.js';
import type { Plane } from '../planes/plane.js';
import { sitingOffset } from '../planes/resize-frame.js';
import { resizePlane, resizeToFloat } from '../planes/resize.js';
import type { ChromaSiting } from '../planes/siting.js';

/** A picture to look at: 8-bit R'G'B', three bytes per pixel, rows top to bottom. */
export type RgbPicture = {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
};

/** Cb or Cr at luma's size, by bicubic, at its true siting. */
function fullSize(plane: Plane, layout: FrameLayout, siting: ChromaSiting | null) {
  const { chroma } = layout.format;
  if (chroma === null || (chroma.log2X === 0 && chroma.log2Y === 0)) return plane;
  const offset = sitingOffset(siting ?? 'left');
  return resizeToFloat(plane, layout.width, layout.height, {
    // A picture whose chroma lies further left is read further right.
    shiftX: chroma.log2X === 1 ? -offset.x : 0,
    shiftY: chroma.log2Y === 1 ? -offset.y : 0,
  });
}

/**
 * Frame bytes as a picture to look at. HDR values are shown as they are coded, without tone
 * mapping.
 */
export function rgbOfFrame(data: Uint8Array, layout: FrameLayout, colour: Colour): RgbPicture {
  const { width, height, format } = layout;
  const unit = 2 ** (format.bitDepth - 8);
  const full = colour.range === 'pc';
  const [black, white, chromaSpan] = full
    ? [0, 255 * unit + (unit - 1), 255 * unit + (unit - 1)]
    : [16 * unit, 219 * unit, 224 * unit];
  const { kr, kb } = lumaShares(colour.matrix, height);
  const kg = 1 - kr - kb;
  const y = planeOf(data, layout, 0).data;
  const grey = format.chroma === null;
  const cb = grey ? y : fullSize(planeOf(data, layout, 1), layout, colour.siting).data;
  const cr = grey ? y : fullSize(planeOf(data, layout, 2), layout, colour.siting).data;
  const rgb = new Uint8ClampedArray(width * height * 3);
  const middle = 128 * unit;
  for (let i = 0; i < width * height; i++) {
    const light = (255 * (y[i]! - black)) / white;
    const b = grey ? 0 : (255 * (cb[i]! - middle)) / chromaSpan;
    const r = grey ? 0 : (255 * (cr[i]! - middle)) / chromaSpan;
    const red = light + 2 * (1 - kr) * r;
    const blue = light + 2 * (1 - kb) * b;
    rgb[3 * i] = red;
    rgb[3 * i + 1] = (light - kr * red - kb * blue) / kg;
    rgb[3 * i + 2] = blue;
  }
  return { data: new Uint8Array(rgb.buffer), width, height };
}

/** The planes of red, green and blue of a picture whose samples are of 8 bits. */
export function planesOfPicture({
  data,
  width,
  height,
}: Omit<RgbPicture, 'data'> & { readonly data: ArrayLike<number> }): Plane[] {
  return [0, 1, 2].map((channel) => {
    const plane = new Uint8Array(width * height);
    for (let i = 0; i < plane.length; i++) plane[i] = data[3 * i + channel]!;
    return { data: plane, width, height };
  });
}

/** The picture of planes of red, green and blue, or in grey of luma alone. */
export function pictureOfPlanes(planes: readonly Plane[]): RgbPicture {
  const [red] = planes as [Plane];
  const { width, height } = red;
  const data = new Uint8Array(width * height * 3);
  for (let channel = 0; channel < 3; channel++) {
    const plane = (planes[channel] ?? red).data;
    for (let i = 0; i < plane.length; i++) data[3 * i + channel] = plane[i]!;
  }
  return { data, width, height };
}

/** A picture enlarged or reduced by plain bicubic, channel by channel. */
export function resizeRgb(picture: RgbPicture, width: number, height: number): RgbPicture {
  return pictureOfPlanes(
    planesOfPicture(picture).map((plane) => resizePlane(plane, width, height)),
  );
}
