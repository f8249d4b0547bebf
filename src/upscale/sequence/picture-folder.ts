import { createHash } from 'node:crypto';
import { lstat, readdir, realpath, rename, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { badValue, VsrError } from '../../errors.js';
import { numbersIn, parsePattern } from '../../media/sequence/numbered-names.js';
import { readSidecar, sidecarPathOf, type Sidecar } from '../../metrics/sidecar.js';
import { samplesOf } from '../plan/identity.js';
import type { JobPlan } from '../plan/job-plan.js';

/** Where the pictures of a sequence go. All paths are absolute. */
export type PicturePlaces = {
  /** The folder, which holds nothing else. */
  readonly folder: string;
  /** Pattern of their names, for printf. */
  readonly pattern: string;
  readonly sidecar: string;
  /** The work folder until they are done: a clip of the larger frames, and the pictures. */
  readonly work: string;
  readonly clip: string;
};

/** The places for pictures named by the pattern `output`, such as `out/f_%04d.png`. */
export function placesOf(output: string): PicturePlaces {
  const full = path.resolve(output);
  const folder = path.dirname(full);
  const work = `${folder}.pictures.vsr-work`;
  return {
    ...{ folder, work, pattern: path.basename(full), sidecar: sidecarPathOf(folder) },
    clip: path.join(work, 'frames.mkv'),
  };
}

/** One hash over the names of what a folder holds, and over samples of each. */
export async function hashOfFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) {
    hash.update(`${name}:${await samplesOf(path.join(folder, name))}\n`);
  }
  return hash.digest('hex');
}

/** Throws VsrError `option` where the folder is one that the same call reads from. */
export async function checkReads(
  { folder }: PicturePlaces,
  reads: readonly string[],
): Promise<void> {
  const real = await realpath(folder).catch(() => folder);
  for (const file of reads) {
    const full = await realpath(file).catch(() => path.resolve(file));
    if (path.dirname(full) !== real) continue;
    throw badValue('a folder without inputs for the pictures', 'output', folder);
  }
}

/** Names in a folder; `null` where there is no folder. Throws VsrError `media` for a file. */
export async function contentOf(folder: string): Promise<readonly string[] | null> {
  const found = await lstat(folder).catch(() => null);
  if (found === null) return null;
  if (found.isDirectory()) return readdir(folder);
  throw new VsrError('media', `Expected a folder for pictures but ${folder} is a file.`);
}

/**
 * Throws VsrError `media` unless the folder may be made: it is not there, is empty, or is to be
 * overwritten and holds nothing but such pictures.
 */
export function checkFree(
  { folder, pattern }: PicturePlaces,
  content: readonly string[] | null,
  overwrite: boolean,
): void {
  if (content === null || content.length === 0) return;
  const ours = numbersIn(parsePattern(pattern)!, content).length;
  const advice =
    ours === content.length
      ? 'Replace it with --overwrite, or name another one with -o.'
      : 'Name another one with -o.';
  if (ours === content.length && overwrite) return;
  throw new VsrError(
    'media',
    `Expected a folder that is not there yet, or empty, for the pictures but ${folder} holds ${content.length === 1 ? 'a file' : `${content.length} files`}${overwrite ? ', others than such pictures among them' : ''}. ${advice}`,
  );
}

/** The sidecar of an earlier job that made just these pictures, if they are as they were. */
export async function finishedPictures(
  places: PicturePlaces,
  plan: JobPlan,
  content: readonly string[] | null,
): Promise<Sidecar | null> {
  if (content === null || content.length === 0) return null;
  const sidecar = await readSidecar(places.sidecar).catch(() => null);
  if (sidecar?.job !== plan.job) return null;
  if (numbersIn(parsePattern(places.pattern)!, content).length < content.length) return null;
  const same = sidecar.output.samplesSha256 === (await hashOfFolder(places.folder));
  return same ? sidecar : null;
}

/** Gives the finished pictures' folder its name; a folder that it replaces is removed. */
export async function nameFolder(into: string, { folder, work }: PicturePlaces): Promise<void> {
  if ((await contentOf(folder))?.length === 0) await rmdir(folder);
  else await rename(folder, path.join(work, 'before')).catch(ifMissing);
  await rename(into, folder);
}

function ifMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
