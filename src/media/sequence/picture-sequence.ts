import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import {
  gapsIn,
  inNaturalOrder,
  nameOfNumber,
  numbersIn,
  parsePattern,
  patternOf,
  runsOf,
  type NumberedNames,
} from './numbered-names.js';

/** Pictures that are the frames of one clip. */
export type PictureSequence = {
  /** Its name for people, an absolute path: `/frames/f_%04d.png`. */
  readonly pattern: string;
  /** The beginning of its output's name. */
  readonly stem: string;
  /** Absolute paths in the order of frames; at least one. */
  readonly files: readonly string[];
  /** Names that are missing in the numbering, where that is allowed; otherwise empty. */
  readonly lacking: readonly string[];
};

/** How many names a message lists at most. */
const mostTold = 5;

function told(names: readonly string[]): string {
  const more = names.length - mostTold;
  return [...names.slice(0, mostTold), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** A pattern's name without ending and wildcards; the folder's name where nothing is left of it. */
function stemOf(folder: string, name: string): string {
  const rest = name
    .replace(/\.[^.]*$/, '')
    .replaceAll(/\[[^\]]*\]|\{[^}]*\}|[*?]/g, '')
    .replaceAll(/^[\s._-]+|[\s._-]+$/g, '');
  return rest === '' ? path.basename(folder) : rest;
}

function sequenceOf(
  folder: string,
  names: NumberedNames,
): Omit<PictureSequence, 'lacking'> & { readonly gaps: readonly string[] } {
  return {
    pattern: path.join(folder, patternOf(names)),
    stem: stemOf(folder, `${names.before}${names.after}`),
    files: names.numbers.map((number) => path.join(folder, nameOfNumber(names, number))),
    gaps: gapsIn(names.numbers).map((number) => nameOfNumber(names, number)),
  };
}

/** The sequence of numbered pictures. Throws VsrError `media` where numbers are missing. */
function wholeSequence(folder: string, names: NumberedNames): PictureSequence {
  const { gaps, ...sequence } = sequenceOf(folder, names);
  if (gaps.length === 0) return { ...sequence, lacking: [] };
  const glob = path.join(folder, `${names.before}*${names.after}`);
  throw new VsrError(
    'media',
    `Expected a picture for every number of ${sequence.pattern} but ${told(gaps)} ${gaps.length === 1 ? 'is' : 'are'} not there. A quoted glob takes the pictures that are there: "${glob}".`,
  );
}

/**
 * The pictures that a pattern such as `/frames/f_%04d.png` names, from the lowest number on. Throws
 * VsrError `media` where there are none, or numbers are missing between them.
 */
export async function sequenceOfPattern(pattern: string): Promise<PictureSequence> {
  const folder = path.dirname(pattern);
  const names = await readdir(folder).catch(() => [] as string[]);
  const parsed = parsePattern(path.basename(pattern))!;
  const numbers = numbersIn(parsed, names);
  if (numbers.length > 0) return wholeSequence(folder, { ...parsed, numbers });
  throw new VsrError(
    'media',
    `Expected pictures numbered as ${pattern}, such as ${nameOfNumber(parsed, 1)}, but there are none.`,
  );
}

/** The pictures that a glob has found, in natural order; numbers may be missing. */
export function sequenceOfGlob(pattern: string, files: readonly string[]): PictureSequence {
  const folder = path.dirname(pattern);
  const runs = runsOf(files.map((file) => path.basename(file)));
  const [run] = runs;
  const lacking =
    run !== undefined && runs.length === 1 && run.numbers.length === files.length
      ? sequenceOf(folder, run).gaps
      : [];
  return {
    pattern,
    stem: stemOf(folder, path.basename(pattern)),
    files: inNaturalOrder(files),
    lacking,
  };
}

/**
 * The numbered pictures of a folder. Throws VsrError `media` where there are none, where there are
 * several sequences, or where numbers are missing.
 */
export function sequenceOfFolder(folder: string, pictures: readonly string[]): PictureSequence {
  const runs = runsOf(pictures);
  const [first] = runs;
  if (first === undefined) {
    throw new VsrError(
      'media',
      `Expected numbered pictures in ${folder}, such as f_0001.png, but it holds none.`,
    );
  }
  if (runs.length > 1) {
    throw new VsrError(
      'media',
      `Expected one run of numbered pictures in ${folder} but it holds ${told(runs.map(patternOf))}. Name one of them: ${path.join(folder, patternOf(first))}.`,
    );
  }
  return wholeSequence(folder, first);
}

/** Least number of pictures, named alike but for a number, that may be the frames of a clip. */
const fewestOffered = 10;

/** The groups of pictures in a folder that may be meant as the frames of clips. */
export function likelySequences(pictures: readonly string[]): NumberedNames[] {
  return runsOf(pictures).filter(({ numbers }) => numbers.length >= fewestOffered);
}
