import type { RgbPicture } from '../rgb-picture.js';

/** Where a part of a picture lies, in samples. */
export type Part = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** A part of a picture as networks take it: planes of red, green and blue, 0 to 1. */
export function planesOfRgb(
  picture: RgbPicture,
  { left, top, width, height }: Part,
): Float32Array<ArrayBuffer> {
  const area = width * height;
  const rgb = new Float32Array(3 * area);
  for (let y = 0, to = 0; y < height; y++) {
    let from = 3 * ((top + y) * picture.width + left);
    for (let x = 0; x < width; x++, to++, from += 3) {
      for (let c = 0; c < 3; c++) rgb[c * area + to] = picture.data[from + c]! / 255;
    }
  }
  return rgb;
}
