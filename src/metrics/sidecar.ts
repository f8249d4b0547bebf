import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { besideName } from '../files/beside-name.js';
import { VsrError, messageOf } from '../errors.js';
import { checkSidecar } from './sidecar-check.js';
import type { Sidecar } from './sidecar-schema.js';

export {
  sidecarVersion,
  type Sidecar,
  type SidecarAnnouncement,
  type SidecarLogFile,
  type SidecarPicture,
  type SidecarStream,
} from './sidecar-schema.js';

/** A sidecar's name is that of its output and this ending. */
export const sidecarEnding = '.vsr.json';

/** The path of the sidecar of the file `output`. */
export function sidecarPathOf(output: string): string {
  return `${output}${sidecarEnding}`;
}

/** JSON has no infinity: equal planes are "inf", as in the log. */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Infinity ? 'inf' : value;
}

/** The text of a sidecar's file. */
export function sidecarText(sidecar: Sidecar): string {
  return `${JSON.stringify(sidecar, infinityAsText, 2)}\n`;
}

/**
 * Writes the sidecar under a temporary name and renames it, so that it appears whole or not at all.
 * Throws a `VsrError` of code `disk`.
 */
export async function writeSidecar(file: string, sidecar: Sidecar): Promise<void> {
  // Always the same name, so that the next job overwrites what a killed one left. The job's lock
  // keeps other processes away from it.
  const temporary = besideName(file, '.part');
  try {
    await writeFile(temporary, sidecarText(sidecar), { flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new VsrError('disk', `The sidecar ${file} cannot be written: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Larger files are no sidecars of vsr. */
const largestBytes = 16 << 20;

/**
 * Reads and checks a sidecar. Throws a `VsrError` of code `media` if it is missing, damaged, or of
 * a version that this vsr does not know.
 */
export async function readSidecar(file: string): Promise<Sidecar> {
  let text: string;
  try {
    if ((await stat(file)).size > largestBytes) throw new Error('it is over 16 MiB');
    text = await readFile(file, 'utf8');
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const message = isGone
      ? `There is no sidecar ${file}. Was this made by vsr upscale?`
      : `The sidecar ${file} cannot be read: ${messageOf(error)}.`;
    throw new VsrError('media', message, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `The sidecar ${path.basename(file)} is no JSON: ${messageOf(error)}.`;
    throw new VsrError('media', message, { cause: error });
  }
  return checkSidecar(value, file);
}
