import type { OverlayOptions } from 'sharp';
import { escapeMarkup } from '../html.js';
import { printable } from '../../printable.js';
import type { RgbPicture } from '../rgb-picture.js';
import type { ComparedPicture } from './compared-picture.js';
import { detailSide, magnified } from './detail.js';
import type { Reconstruction, Reconstructions } from './reconstructions.js';
import { detailWords, showPsnr, sizesOf } from './reconstruction-words.js';

const margin = 16;
const gap = 12;
/** Height of a line of words. */
const line = 24;
const width = 2 * margin + 4 * detailSide + 3 * gap;
/** Side of a whole picture at most. */
const wholeSide = (width - 2 * margin - gap) / 2;
/** Width of a letter on average, in pixels. */
const letter = 7.4;

type Words = { readonly left: number; readonly top: number; readonly text: string };

/** As much of a text as fits. */
function cut(text: string, space: number): string {
  const most = Math.floor(space / letter);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/**
 * How large a whole picture is shown: reduced to fit, or each pixel as several where it is small.
 */
function shownSize(picture: RgbPicture): { readonly width: number; readonly height: number } {
  const fit = wholeSide / Math.max(picture.width, picture.height);
  const factor = fit >= 1 ? Math.floor(fit) : fit;
  const of = (extent: number): number => Math.max(1, Math.round(factor * extent));
  return { width: of(picture.width), height: of(picture.height) };
}

/** A picture that shows bilinear and ours whole, and below a detail of the original and of all. */
export async function reconstructionSheet(
  made: Reconstructions,
  facts: ComparedPicture,
): Promise<RgbPicture> {
  const { default: sharp } = await import('sharp');
  const { truth, bilinear, bicubic, ours } = made;
  const { detail } = facts;
  const raw = (picture: RgbPicture) =>
    ({ width: picture.width, height: picture.height, channels: 3 }) as const;
  const layers: OverlayOptions[] = [];
  const words: Words[] = [{ left: margin, top: margin, text: cut(sizesOf(facts), width - 32) }];
  const size = shownSize(truth);
  const top = margin + 2 * line;
  const frames: string[] = [];
  const heading = ({ by, rmse, psnr }: Reconstruction): string => {
    const figures = `: RMSE ${rmse.toFixed(2)} of 255, PSNR ${showPsnr(psnr)}`;
    return `${cut(by, wholeSide - letter * figures.length)}${figures}`;
  };
  for (const [i, each] of [bilinear, ours].entries()) {
    const left = margin + i * (wholeSide + gap);
    const kernel = size.width > truth.width ? 'nearest' : 'lanczos3';
    const input = await sharp(each.picture.data, { raw: raw(each.picture) })
      .resize({ ...size, fit: 'fill', kernel })
      .png()
      .toBuffer();
    layers.push({ input, left, top });
    words.push({ left, top: top - line, text: heading(each) });
    const at = (place: number): number => (place * size.width) / truth.width;
    frames.push(
      `<rect x="${left + at(detail.left)}" y="${top + at(detail.top)}" width="${at(detail.width)}" height="${at(detail.height)}"/>`,
    );
  }
  const below = top + size.height + gap;
  words.push({ left: margin, top: below, text: cut(detailWords(facts, ours.by), width - 32) });
  const parts = [{ by: 'original', picture: truth }, bilinear, bicubic, ours];
  const partTop = below + 2 * line;
  for (const [i, { by, picture }] of parts.entries()) {
    const left = margin + i * (detailSide + gap);
    const large = magnified(picture, detail, detail.zoom);
    layers.push({ input: Buffer.from(large.data), raw: raw(large), left, top: partTop });
    words.push({ left, top: partTop - line, text: cut(by, detailSide) });
  }
  const height = partTop + detail.height * detail.zoom + margin;
  const text = words.map(
    (each) =>
      `<text x="${each.left}" y="${each.top + 16}">${escapeMarkup(printable(each.text))}</text>`,
  );
  const rects = (colour: string, stroke: number): string =>
    `<g fill="none" stroke="${colour}" stroke-width="${stroke}">${frames.join('')}</g>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="15" fill="#222">${text.join('')}${rects('#000', 4)}${rects('#fff', 2)}</svg>`;
  const { data } = await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width, height };
}
