import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { distinctNames } from '../../files/distinct-names.js';
import { sidecarPathOf } from '../../metrics/sidecar.js';
import type { GatheredClip } from '../../media/sequence/gather.js';
import {
  sequenceOfFolder,
  sequenceOfGlob,
  sequenceOfPattern,
  type PictureSequence,
} from '../../media/sequence/picture-sequence.js';
import { isPattern } from '../../media/sequence/numbered-names.js';
import { isFolder } from '../../files/what-is-there.js';

const clipExtensions = new Set(
  (
    '3g2 3gp amv apng asf avc avi dv f4v flv gif h264 264 h265 265 hevc ivf m2t m2ts m2v m4v mj2 mjpeg mkv mov ' +
    'mp4 mpe mpeg mpg mts mxf nut obu ogm ogv qt rm rmvb ts vob webm wmv y4m yuv'
  ).split(' '),
);
const stillExtensions = new Set(
  'png jpg jpeg jpe jfif webp tif tiff avif heic heif tga'.split(' '),
);

/** One thing to enlarge. */
export type Input = {
  /** Absolute path, `-` for stdin, or the pattern of a picture sequence. */
  readonly path: string;
  /** The pictures of a sequence, which become the frames of one clip. */
  readonly sequence?: PictureSequence;
  /** The clip that these pictures were gathered into, once they were. */
  readonly gathered?: Pick<GatheredClip, 'file' | 'notes'>;
  /** Set where its frames are written as pictures, for which RGB is decoded in another way. */
  readonly toPictures?: true;
  /**
   * Path below the named folder in which it was found, for outputs that mirror it; `''` otherwise.
   */
  readonly below: string;
  /** The folder or pattern by which it was found, as it was named; `null` for one named itself. */
  readonly foundBy: string | null;
  /**
   * What its output's name begins with: its own name without the ending, or more of its path where
   * another input of the batch would get the same name in the same folder.
   */
  readonly name: string;
};

/** An input while others of its batch are still being found. */
type Found = Omit<Input, 'name'>;

function extensionOf(file: string): string {
  return path.extname(file).slice(1).toLowerCase();
}

/** Whether the name has a still picture's ending; its content decides later. */
export function looksLikeStill(file: string): boolean {
  return stillExtensions.has(extensionOf(file));
}

/** Whether the name has a clip's ending; its content decides later. */
export function looksLikeClip(file: string): boolean {
  return clipExtensions.has(extensionOf(file));
}

/** Whether an output's name asks for numbered pictures; `%03d.mp4` is a clip's name. */
export function isPicturePattern(output: string): boolean {
  return isPattern(output) && !looksLikeClip(output);
}

/**
 * Whether a file is a clip or picture by its name, and not made by vsr: outputs have a sidecar.
 * `._clip.mp4` is no clip but what macOS keeps about one on disks of other systems (AppleDouble).
 */
export function isWanted(file: string): boolean {
  if (path.basename(file).startsWith('._')) return false;
  const extension = extensionOf(file);
  if (!clipExtensions.has(extension) && !stillExtensions.has(extension)) return false;
  return !existsSync(sidecarPathOf(file));
}

/** Files that vsr writes beside clips: they are no inputs, and are not reported as left out. */
const ownFile = /\.(?:vsr\.json|psnr\.(?:csv|jsonl)|report\.html)$|^vsr-report\.html$|\.vsr-work$/;

/** Whether a file that is no input is reported: not if it is hidden, or made by vsr. */
function isMissed(folder: string, name: string): boolean {
  if (name.startsWith('.') || ownFile.test(name)) return false;
  return !existsSync(sidecarPathOf(path.join(folder, name)));
}

/**
 * The clips and pictures in `folder`; everything else goes into `leftOut`, with its path below the
 * folder.
 */
async function filesOf(
  folder: string,
  recursive: boolean,
  leftOut: string[],
  below = '',
): Promise<Omit<Found, 'foundBy'>[]> {
  const entries = await readdir(path.join(folder, below), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: Omit<Found, 'foundBy'>[] = [];
  for (const entry of entries) {
    const full = path.join(folder, below, entry.name);
    const isSubFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(full)));
    if (isSubFolder) {
      const ours = entry.name.endsWith('.vsr-work');
      if (recursive && !ours && !entry.isSymbolicLink()) {
        found.push(...(await filesOf(folder, recursive, leftOut, path.join(below, entry.name))));
      } else if (isMissed(path.dirname(full), entry.name)) {
        leftOut.push(`${path.join(below, entry.name)}${path.sep}`);
      }
    } else if (isWanted(full)) {
      found.push({ path: full, below });
    } else if (isMissed(path.dirname(full), entry.name)) {
      leftOut.push(path.join(below, entry.name));
    }
  }
  return found;
}

/** The inputs that a list names, one per line. Throws VsrError `media`. */
async function namesIn(list: string): Promise<string[]> {
  const text = await readFile(list, 'utf8').catch((cause: unknown) => {
    const message = `Expected a list of inputs in ${list}, but it cannot be read. Does it exist?`;
    throw new VsrError('media', message, { cause });
  });
  const names = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (names.length === 0) {
    throw new VsrError(
      'media',
      `Expected a list of inputs in ${list}, one a line, but it is empty.`,
    );
  }
  return names;
}

/**
 * The inputs, with each list replaced by its lines: `@list.txt` names a list, one input per line.
 */
async function withLists(words: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const word of words) {
    // A file that exists is that file, whatever its name begins with.
    const isList = /^@./.test(word) && (await stat(word).catch(() => undefined)) === undefined;
    all.push(...(isList ? await namesIn(word.slice(1)) : [word]));
  }
  return all;
}

/** The sequence as an input. */
const asInput = (sequence: PictureSequence, foundBy: string): Found => ({
  ...{ path: sequence.pattern, below: '', foundBy, sequence },
});

/** The numbered pictures that a folder holds. */
async function sequenceIn(folder: string): Promise<PictureSequence> {
  const names = await readdir(folder);
  const wanted = names.filter((name) => looksLikeStill(name) && isWanted(path.join(folder, name)));
  return sequenceOfFolder(folder, wanted);
}

/** The file that is read for an input: for gathered pictures, the clip that holds them. */
export const fileOf = (input: Input): string => input.gathered?.file ?? input.path;

/** What was found to enlarge, and what else the named folders hold. */
export type FoundInputs = {
  readonly inputs: readonly Input[];
  /** For each folder, as it was named: names of files that do not look like clips or pictures. */
  readonly leftOut: ReadonlyMap<string, readonly string[]>;
};

/**
 * What the words on the command line mean: lists (`@list.txt`) by their lines, files as they are,
 * folders by what they hold, globs by what they match. A file that exists is never read as a glob.
 * Each file comes once, also where a link gives its folder another name. `together` says that all
 * outputs go to one folder (and its sub-folders, where inputs lie in sub-folders); otherwise each
 * lies beside its input. A pattern of numbers (`f_%04d.png`) is a picture sequence; with
 * `asSequences` so is a glob, and a folder of numbered pictures.
 *
 * Throws VsrError `media` for a folder without clips or a pattern that matches nothing; a missing
 * plain file is left in the list, so that a batch reports it among the others.
 */
export async function findInputs(
  words: readonly string[],
  recursive: boolean,
  together: boolean,
  asSequences = false,
): Promise<FoundInputs> {
  const leftOut = new Map<string, string[]>();
  const found = new Map<string, Found>();
  const add = async (input: Found): Promise<void> => {
    const real = await realpath(input.path).catch(() => input.path);
    if (!found.has(real)) found.set(real, input);
  };
  for (const word of await withLists(words)) {
    if (word === '-') {
      await add({ path: '-', below: '', foundBy: null });
      continue;
    }
    const full = path.resolve(word);
    const stats = await stat(full).catch(() => undefined);
    if (stats?.isDirectory() === true && asSequences) {
      await add(asInput(await sequenceIn(full), word));
    } else if (stats === undefined && isPattern(full)) {
      await add(asInput(await sequenceOfPattern(full), word));
    } else if (stats?.isDirectory() === true) {
      const others: string[] = [];
      const inside = await filesOf(full, recursive, others);
      if (others.length > 0) leftOut.set(word, others);
      if (inside.length === 0) {
        const advice = recursive ? '' : ' Its sub-folders are searched with --recursive.';
        throw new VsrError(
          'media',
          `Expected clips or pictures in ${word}, but it holds none.${advice}`,
        );
      }
      for (const input of inside) await add({ ...input, foundBy: word });
    } else if (stats === undefined && /[*?[\]{}]/.test(word)) {
      const { glob } = await import('tinyglobby');
      const matches = (await glob(word, { absolute: true })).filter(isWanted).sort();
      if (matches.length === 0) {
        throw new VsrError(
          'media',
          `Expected clips or pictures matching ${word}, but there are none.`,
        );
      }
      if (asSequences) {
        await add(asInput(sequenceOfGlob(full, matches.filter(looksLikeStill)), word));
        continue;
      }
      for (const match of matches)
        await add({ path: path.resolve(match), below: '', foundBy: word });
    } else {
      await add({ path: full, below: '', foundBy: null });
    }
  }
  const inputs = [...found.values()];
  const names = distinctNames(
    inputs.map(({ path: file, below, sequence }) => ({
      file: sequence === undefined ? file : path.join(path.dirname(file), `${sequence.stem}.png`),
      folder: together ? below : path.dirname(file),
    })),
  );
  return { inputs: inputs.map((input, i) => ({ ...input, name: names[i]! })), leftOut };
}
