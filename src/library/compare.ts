import path from 'node:path';
import type { Tell } from '../events.js';
import type { CompareMode } from '../media/frames/compare-clips.js';
import { locateFfmpeg } from '../media/program/ffmpeg.js';
import { compare as comparePair, type ComparedPair } from '../report/compare/compare.js';
import type { Programs } from './programs.js';

/** How two clips or pictures are put side by side. */
export type CompareOptions = Programs & {
  /** The file to write. Default, beside `b`: `<b>.vs-<a>.<ending of b>`. */
  readonly output?: string;
  /** Ground truth that both are measured against as well. */
  readonly reference?: string;
  /** `split` (default): half of each; `side`: both; `difference`: grey where they agree. */
  readonly mode?: CompareMode;
  /** Factor by which a difference is multiplied. Default 4. */
  readonly amplify?: number;
  /** Replace a file of that name. */
  readonly overwrite?: boolean;
  /** Called with events on each pair: its progress and its result. */
  readonly tell?: Tell<ComparedPair>;
};

/** The result of a comparison. */
export type Comparison = {
  /** The file that shows both. */
  readonly output: string;
  /** `a` against `b`; with a reference, also the reference against `a` and against `b`. */
  readonly pairs: readonly ComparedPair[];
};

/** A name beside `b`. Formats that vsr cannot write here are replaced by Matroska. */
function defaultOutput(a: string, b: string): string {
  const { dir, name, ext } = path.parse(b);
  const kept = /^\.(mp4|mov|mkv|m4v|png|jpe?g|webp|tiff?)$/i.test(ext) ? ext : '.mkv';
  return path.join(dir, `${name}.vs-${path.parse(a).name}${kept}`);
}

/**
 * Puts two clips or pictures into one, the smaller enlarged by bicubic, and measures how they
 * differ. Throws VsrError: `media` for files that cannot be compared, `option` for an output that
 * cannot be used.
 */
export async function compare(
  a: string,
  b: string,
  options: CompareOptions = {},
): Promise<Comparison> {
  const output = options.output ?? defaultOutput(a, b);
  const { mode = 'split', amplify = 4, overwrite = false, reference, tell } = options;
  const pairs = await comparePair(() => locateFfmpeg(options), {
    ...{ a, b, output, mode, amplify, overwrite },
    ...(reference === undefined ? {} : { reference }),
    ...(tell === undefined ? {} : { tell }),
  });
  return { output, pairs };
}
