import { chooseChain, type Chain, type ChainOptions } from '../../model/catalogue/chain.js';
import { LARGEST_SCALE } from '../../model/catalogue/family.js';
import type { SourceKind } from '../../model/catalogue/quality.js';
import type { Source } from '../../media/source/source.js';
import type { Settings } from './settings.js';
import { didYouMean } from '../../did-you-mean.js';
import { badValue, VsrError } from '../../errors.js';

/** A picture's size in samples. */
export type Size = { readonly width: number; readonly height: number };

const named: Readonly<Record<string, Size>> = {
  '4k': { width: 3840, height: 2160 },
  '8k': { width: 7680, height: 4320 },
};

/** Other common names of sizes. */
const otherNames: Readonly<Record<string, string>> = {
  ...{ hd: '720p', fhd: '1080p', fullhd: '1080p', qhd: '1440p', uhd: '4k', '2160i': '2160p' },
  ...{ '1080i': '1080p', '720i': '720p' },
};

/** Suggestion for an invalid size, in lower case: `720` is meant as `720p`. */
function meantSize(text: string): string {
  const sides = /^(\d+)\s*[x*×:,/ ]\s*(\d+)$/.exec(text);
  const meant =
    otherNames[text.replace(/[^a-z0-9]/g, '')] ??
    (/^\d{3,4}$/.test(text) ? `${text}p` : undefined) ??
    (sides === null ? undefined : `${sides[1]}x${sides[2]}`);
  return meant === undefined
    ? didYouMean(text, ['720p', '1080p', '1440p', ...Object.keys(named)])
    : `Did you mean ${meant}?`;
}

function boxOf(text: string): Size {
  const lower = text.toLowerCase();
  const known = named[lower];
  if (known !== undefined) return known;
  const lines = /^(\d{2,5})p$/.exec(lower);
  if (lines !== null) {
    const height = Number(lines[1]);
    return { width: Math.round((height * 16) / 9), height };
  }
  const both = /^(\d{1,5})x(\d{1,5})$/.exec(lower);
  if (both !== null && Number(both[1]) > 0 && Number(both[2]) > 0) {
    return { width: Number(both[1]), height: Number(both[2]) };
  }
  throw badValue('WIDTHxHEIGHT, a height such as 1080p, or 4k', 'to', text, meantSize(lower));
}

function even(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2);
}

/**
 * The size that fits `source` into the box that `to` names, with its aspect ratio kept, in even
 * numbers. `720p` and `4k` mean a 16:9 box, turned for upright pictures; `WxH` is taken as it is.
 * Throws VsrError `option` for an invalid size, or a box no larger than the source.
 */
export function targetSize(to: string, source: Size): Size {
  let box = boxOf(to);
  const upright = source.height > source.width;
  if (!to.includes('x') && upright) box = { width: box.height, height: box.width };
  const factor = Math.min(box.width / source.width, box.height / source.height);
  if (factor <= 1) {
    throw badValue(
      `a size larger than the clip's ${source.width}x${source.height}`,
      'to',
      to,
      'There is nothing to enlarge.',
    );
  }
  return { width: even(source.width * factor), height: even(source.height * factor) };
}

/**
 * The models that reach the scale, or the size that `to` asks for; `size` is that size, `null`
 * without `to`. Throws VsrError `option` for a size or scale that no models reach.
 */
export async function chooseScale(
  source: Source,
  settings: Settings,
  kind: SourceKind,
): Promise<{ chain: Chain; size: Size | null }> {
  const model = settings.model ?? 'default';
  const by: ChainOptions = { kind, quality: settings.quality };
  if (settings.to === null) {
    return { chain: await chooseChain(settings.scale, model, by), size: null };
  }
  const size = targetSize(settings.to, source.video);
  const { width, height } = source.video;
  // A scale that no models reach is skipped; any other error goes to the caller.
  for (let scale = 2; scale <= LARGEST_SCALE; scale++) {
    if (scale * width < size.width || scale * height < size.height) continue;
    try {
      return { chain: await chooseChain(scale, model, by), size };
    } catch (error) {
      const impossible = error instanceof VsrError && error.code === 'option';
      if (!impossible || scale === LARGEST_SCALE) throw error;
    }
  }
  throw new VsrError(
    'option',
    `${settings.to} is more than ${LARGEST_SCALE} times the clip's ${width}x${height}.`,
  );
}
