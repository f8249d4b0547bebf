import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { isFootageName } from '../../media/frames/footage.js';
import { imageEndings, isImageName } from '../../media/still/luma-image.js';
import { randomAt, shuffled } from '../base/random.js';
import { shellWord } from '../../printable.js';
import type { Framing } from './framing.js';
import type { PictureItem } from './picture-item.js';

/**
 * Images of one source on the command line: all of a folder (and the folders in it), or one file.
 */
async function imagesOf(source: string, isWanted = isImageName): Promise<string[]> {
  const info = await stat(source).catch(() => undefined);
  if (info === undefined) throw new VsrError('media', `There is no file or folder ${source}.`);
  if (info.isFile()) return [source];
  const files: string[] = [];
  const entries = await readdir(source, { withFileTypes: true });
  // The order must be the same on every file system, so that a seed draws the same everywhere.
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    const full = path.join(source, entry.name);
    if (entry.isDirectory()) files.push(...(await imagesOf(full, isWanted)));
    else if (isWanted(entry.name)) files.push(full);
  }
  return files;
}

/** `folder@0.5`: the folder, its pictures first reduced to half their size. */
function splitReduction(source: string): { place: string; reduce: number } {
  const match = /^(.+)@(0?\.\d+|1)$/.exec(source);
  return match === null
    ? { place: source, reduce: 1 }
    : { place: match[1]!, reduce: Number(match[2]) };
}

/** The files that `--data` names. Throws VsrError `media` where there are none. */
export async function listImages(
  sources: readonly string[],
  framing: Framing = {},
): Promise<PictureItem[]> {
  const items: PictureItem[] = [];
  for (const source of sources) {
    const { place, reduce } = splitReduction(source);
    for (const file of await imagesOf(place)) items.push({ file, reduce, ...framing });
  }
  if (items.length === 0) {
    throw new VsrError(
      'media',
      `No images were found in ${sources.join(', ')}; expected files ending in ${imageEndings.join(', ')}. Of a folder of clips, take frames first: vsr extract ${shellWord(sources[0]!)} -o frames/.`,
    );
  }
  return items;
}

/** The short clips in folders, at their own size. */
export async function listFootage(sources: readonly string[]): Promise<PictureItem[]> {
  const lists = await Promise.all(sources.map((source) => imagesOf(source, isFootageName)));
  return lists.flat().map((file) => ({ file, reduce: 1 }));
}

/** How the files are shared out between the parts; only the ratios count. */
export type Split = {
  readonly training: number;
  readonly validation: number;
  readonly test: number;
};

/** The parts of a list of files. */
export type SplitItems = Record<keyof Split, PictureItem[]>;

/**
 * Shares the files out by the split, in an order drawn from the seed. It divides files, never
 * patches, so that no validation picture was trained on. With two files or more, at least one is
 * for training, and one for validation if the split gives validation any share.
 */
export function splitItems(items: readonly PictureItem[], split: Split, seed: number): SplitItems {
  const order = shuffled(items, randomAt(seed, 0x5b));
  const total = split.training + split.validation + split.test;
  const share = (part: number) => Math.round((items.length * part) / total);
  const least = split.validation > 0 && items.length > 1 ? 1 : 0;
  const validation = Math.min(Math.max(least, share(split.validation)), items.length - 1);
  const test = Math.min(share(split.test), items.length - 1 - validation);
  return {
    validation: order.slice(0, validation),
    test: order.slice(validation, validation + test),
    training: order.slice(validation + test),
  };
}

/** The items, with as many charts added as make up a `share` of all, 0 to below 1. */
export function withCharts(items: readonly PictureItem[], share: number): PictureItem[] {
  const count = share === 0 ? 0 : Math.max(1, Math.round((items.length * share) / (1 - share)));
  const charts = Array.from({ length: count }, (_, i): PictureItem => {
    return { file: `chart ${i}`, reduce: 1, isChart: true };
  });
  return [...items, ...charts];
}

/** The items, and each again at every further reduction. */
export function alsoReduced(
  items: readonly PictureItem[],
  reductions: readonly number[],
): PictureItem[] {
  return items.flatMap((item) =>
    [1, ...reductions].map((further) => ({ ...item, reduce: item.reduce * further })),
  );
}
