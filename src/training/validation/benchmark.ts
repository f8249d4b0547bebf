import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isImageName, lumaOfPlanes, readLuma, readRgb } from '../../media/still/luma-image.js';
import { psnr } from '../../metrics/psnr.js';
import { ssim } from '../../metrics/ssim.js';
import type { CardFigures } from '../../model/catalogue/card.js';
import type { Network } from '../../model/language/network.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { reduced } from '../pictures/degrade.js';
import { cropPlane } from '../../planes/crop-plane.js';
import { openEnlarger } from '../gradient/enlarge.js';
import { type FirstPass, runFirstPass } from '../pictures/first-pass.js';

/**
 * Mean figures of a network over a folder of pictures, in the convention of the literature (see
 * `CardFigures`); NaN for a folder without pictures. With a first pass, they are those of both
 * passes, at the product of their scales.
 */
export async function benchmark(
  network: Network,
  weights: Float32Array,
  folder: string,
  after?: FirstPass,
): Promise<CardFigures> {
  const scale = network.scale * (after?.scale ?? 1);
  const border = Math.ceil(scale);
  const enlarge = await openEnlarger(network);
  const files = (await readdir(folder)).filter(isImageName).sort();
  const sums = { psnr: 0, ssim: 0, bicubicPsnr: 0 };
  for (const file of files) {
    const place = path.join(folder, file);
    const colours = network.colour === 'rgb' ? await readRgb(place) : null;
    const whole = colours?.planes ?? ([await readLuma(place)] as const);
    const lumaOf = (planes: readonly Plane[]) => lumaOfPlanes(planes, colours?.isGrey);
    const width = reduced(whole[0].width, scale);
    const height = reduced(whole[0].height, scale);
    const planes = whole.map((plane) => cropPlane(plane, 0, 0, width * scale, height * scale));
    const low = planes.map((plane) => resizePlane(plane, width, height));
    const first = after === undefined ? low : [await runFirstPass(after, low[0]!)];
    const high = lumaOf(planes);
    const ours = lumaOf(await enlarge(first, weights));
    const bicubic = lumaOf(low.map((plane) => resizePlane(plane, width * scale, height * scale)));
    sums.psnr += psnr(high, ours, 8, border);
    sums.ssim += ssim(high, ours, 8, border);
    sums.bicubicPsnr += psnr(high, bicubic, 8, border);
  }
  const count = files.length;
  return {
    psnr: sums.psnr / count,
    ssim: sums.ssim / count,
    bicubicPsnr: sums.bicubicPsnr / count,
  };
}
