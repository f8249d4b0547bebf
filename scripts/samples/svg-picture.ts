import sharp from 'sharp';
import { newPicture, type Picture } from './picture.js';

/** An SVG drawing as a picture of `width` x `height`. */
export async function drawSvg(body: string, width: number, height: number): Promise<Picture> {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${body}</svg>`;
  const { data } = await sharp(Buffer.from(svg))
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const picture = newPicture(width, height);
  for (let i = 0; i < picture.rgb.length; i++) picture.rgb[i] = data[i]! / 255;
  return picture;
}
