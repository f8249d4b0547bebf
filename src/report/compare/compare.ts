import path from 'node:path';
import { VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import { openPlace, type Place } from '../../files/place.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { isImageName } from '../../media/still/luma-image.js';
import { isSmaller, type CompareMode } from '../../media/frames/compare-clips.js';
import { paceOf } from '../../pace.js';
import { version } from '../../version.js';
import { combine, readRgb, rgbPsnr, writeRgb } from './compare-pictures.js';
import { resizeRgb, type RgbPicture } from '../rgb-picture.js';

/** What is compared, and the file to write. */
export type CompareRequest = {
  readonly a: string;
  readonly b: string;
  /** Both are measured against it. */
  readonly reference?: string;
  readonly output: string;
  /** Replace a file of that name. */
  readonly overwrite?: boolean;
  readonly mode: CompareMode;
  /** Factor by which a difference is multiplied. */
  readonly amplify: number;
  /** Called with events on the pairs: their progress and their results. */
  readonly tell?: Tell<ComparedPair>;
};

/** Figures of one pair: decibels, SSIM, flicker. */
export type ComparedPair = {
  readonly pair: string;
  readonly frames: number;
  /** Y of clips; R, G and B together of pictures. */
  readonly psnr: number;
  readonly psnrU: number | null;
  readonly psnrV: number | null;
  readonly ssim: number | null;
  /**
   * By how many grey levels of 255 still areas of the second clip's Y change more from frame to
   * frame than the first one's; `null` for pictures, and where nothing stands still.
   */
  readonly flicker: number | null;
  readonly worstFrame: number;
  readonly worst: number;
  /**
   * The file of the two that was enlarged by plain bicubic, being the smaller one; `null` for equal
   * sizes.
   */
  readonly enlarged: string | null;
};

function pairsOf({ a, b, reference }: CompareRequest): [string, string][] {
  return reference === undefined
    ? [[a, b]]
    : [
        [a, b],
        [reference, a],
        [reference, b],
      ];
}

const nameOf = (x: string, y: string) => `${path.basename(x)} | ${path.basename(y)}`;

/** Both pictures at the larger one's size, the smaller one enlarged by plain bicubic. */
function atOneSize(a: string, one: RgbPicture, b: string, other: RgbPicture): RgbPicture[] {
  if (one.width === other.width && one.height === other.height) return [one, other];
  if (isSmaller(one, other)) return [resizeRgb(one, other.width, other.height), other];
  if (isSmaller(other, one)) return [one, resizeRgb(other, one.width, one.height)];
  throw new VsrError(
    'media',
    `Expected two pictures of one size but ${a} has ${one.width}x${one.height} and ${b} has ${other.width}x${other.height}.`,
  );
}

type Size = { readonly width: number; readonly height: number };

function smallerOf(a: string, one: Size, b: string, other: Size): string | null {
  return isSmaller(one, other) ? a : isSmaller(other, one) ? b : null;
}

async function comparePictures(request: CompareRequest, place: Place): Promise<ComparedPair[]> {
  const pictures = new Map<string, RgbPicture>();
  for (const file of new Set(pairsOf(request).flat())) pictures.set(file, await readRgb(file));
  const result = pairsOf(request).map(([x, y]): ComparedPair => {
    const [one, other] = atOneSize(x, pictures.get(x)!, y, pictures.get(y)!);
    const psnr = rgbPsnr(one!, other!);
    const none = { psnrU: null, psnrV: null, ssim: null, flicker: null, worstFrame: 0 };
    const enlarged = smallerOf(x, pictures.get(x)!, y, pictures.get(y)!);
    return { pair: nameOf(x, y), frames: 1, psnr, worst: psnr, enlarged, ...none };
  });
  const { a, b } = request;
  const [one, other] = atOneSize(a, pictures.get(a)!, b, pictures.get(b)!);
  await writeRgb(combine(one!, other!, request.mode, request.amplify), place);
  return result;
}

/**
 * Measures two clips or pictures, each also against the reference, and writes one that shows both.
 */
export async function compare(
  ffmpeg: () => Promise<Ffmpeg>,
  request: CompareRequest,
): Promise<ComparedPair[]> {
  const { a, b, mode, amplify } = request;
  const inputs = pairsOf(request).flat();
  const tell: Tell<ComparedPair> = request.tell ?? (() => {});
  const place = await openPlace({
    ...{ what: 'output', file: request.output, inputs, otherName: 'with -o' },
    overwrite: request.overwrite ?? false,
  });
  const clips = pairsOf(request).map(([x, y]) => nameOf(x, y));
  tell({ event: 'start', command: 'compare', vsr: version(), clips });
  const stills = inputs.filter(isImageName).length;
  if (stills === inputs.length) {
    return toldOf(await comparePictures(request, place), request.output, tell);
  }
  if (stills > 0) {
    throw new VsrError('media', `Expected two clips or two pictures but received one of each.`);
  }
  const [{ probe }, { pairFigures }, { compareClips }] = await Promise.all([
    import('../../media/source/probe.js'),
    import('./compare-figures.js'),
    import('../../media/frames/compare-clips.js'),
  ]);
  const found = await ffmpeg();
  const result: ComparedPair[] = [];
  for (const [x, y] of pairsOf(request)) {
    const [one, other] = [await probe(found, x), await probe(found, y)];
    const pair = nameOf(x, y);
    const counted = {
      clip: pair,
      output: null,
      stage: 'measure',
      of: one.video.frameCount,
    } as const;
    const figures = await pairFigures(found, one, other, paceOf(counted, tell));
    const enlarged = smallerOf(x, one.video, y, other.video);
    const { frames, psnrY, psnrU, psnrV, ssim, flicker, worst } = figures;
    const low = { worstFrame: worst.frame, worst: worst.psnr };
    result.push({ pair, frames, psnr: psnrY, psnrU, psnrV, ssim, flicker, enlarged, ...low });
  }
  const writing = { clip: clips[0]!, output: request.output, stage: 'compare', of: null } as const;
  paceOf(writing, tell)(0);
  const sources = [await probe(found, a), await probe(found, b)] as const;
  await compareClips(found, sources, place, { mode, amplify });
  return toldOf(result, request.output, tell);
}

/** Reports the result of each pair; the first is the one that was written to a file. */
function toldOf(pairs: ComparedPair[], output: string, tell: Tell<ComparedPair>): ComparedPair[] {
  for (const [i, summary] of pairs.entries()) {
    const file = i === 0 ? output : null;
    tell({ event: 'done', clip: summary.pair, status: 'done', output: file, summary });
  }
  return pairs;
}
