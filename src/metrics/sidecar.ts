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

/** What a sidecar's name ends in, after the name of its output. */
export const sidecarEnding = '.vsr.json';

/** Where the sidecar of `output` lies. */
export function sidecarPathOf(output: string): string {
  return `${output}${sidecarEnding}`;
}

/** JSON has no infinity: equal planes are "inf", as in the log. */
function infinityAsText(_key: string, value: unknown): unknown {
  return value === Infinity ? 'inf' : value;
}

/** A sidecar as its file holds it. */
export function sidecarText(sidecar: Sidecar): string {
  return `${JSON.stringify(sidecar, infinityAsText, 2)}\n`;
}

/** Writes the sidecar whole or not at all: under a temporary name, then renamed. */
export async function writeSidecar(file: string, sidecar: Sidecar): Promise<void> {
  // One name, so that what a killed job left is used up by the next; the job's lock keeps others
  // away.
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

/** No sidecar of ours comes near this. */
const largestBytes = 16 << 20;

/**
 * Reads and checks a sidecar. A `VsrError` of code `media` if it is missing, damaged, or of a
 * version that this vsr does not know.
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
