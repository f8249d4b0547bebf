import path from 'node:path';
import { printable } from '../../printable.js';
import type { ComparedPicture } from './compared-picture.js';

/** What was measured and how, in one line, as `vsr evaluate` says it. */
export const reconstructionProtocol =
  'Protocol: R, G and B together (mean squared error over the three channels, 8 bits), of the whole picture; reduced by antialiased bicubic (a = -0.5).';

/** A figure as it is shown; equal pictures have no PSNR. */
export function showPsnr(psnr: number): string {
  return psnr === Infinity ? 'equal' : `${psnr.toFixed(2)} dB`;
}

/** What was done with the picture. */
export function sizesOf({ picture, source, width, height, small, scale }: ComparedPicture): string {
  const isCropped = width !== source.width || height !== source.height;
  const cropped = isCropped ? `, cropped to ${width}x${height}` : '';
  return `${printable(path.basename(picture))} (${source.width}x${source.height}${cropped}) was reduced to ${small.width}x${small.height} and enlarged ${scale}x again.`;
}

/** What the enlarged detail shows, and where it lies. */
export function detailWords(compared: ComparedPicture, by: string): string {
  const { left, top, width, height, zoom, isChosen } = compared.detail;
  const isWhole = width === compared.width && height === compared.height;
  const why = isChosen && !isWhole ? `, where bilinear and ${by} differ most` : '';
  return `${width}x${height} pixels at ${left}, ${top}${why}. Each pixel is shown as ${zoom}x${zoom}.`;
}
