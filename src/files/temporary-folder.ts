import { rmSync } from 'node:fs';
import { lstat, mkdtemp, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VsrError, messageOf } from '../errors.js';
import { Field } from './json-field.js';
import { ownerOf, stateOf, thisProcess, type OwnerState } from './owner.js';

/** A folder that is removed when it is disposed of, or when the process exits. */
export interface TemporaryFolder extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
}

/** Names of vsr's temporary folders: `mkdtemp` puts six characters after the prefix. */
const ours = /^\.?vsr-[a-z]+-[A-Za-z0-9]{6}$/;

/** The file in such a folder that names its owner. */
const ownerFile = '.vsr-owner.json';

/**
 * A folder whose owner cannot be looked up, such as one of another machine, is left alone for so
 * many milliseconds: a day.
 */
const longestUnknown = 24 * 3600 * 1000;

async function stateOfFolder(folder: string): Promise<OwnerState> {
  try {
    const text = await readFile(path.join(folder, ownerFile), 'utf8');
    const state = stateOf(ownerOf(new Field(JSON.parse(text), folder)));
    if (state !== 'unknown') return state;
    const { mtimeMs } = await lstat(folder);
    return Date.now() - mtimeMs > longestUnknown ? 'gone' : 'unknown';
  } catch {
    return 'unknown'; // It is just being made, or is not vsr's in spite of its name.
  }
}

/** Removes the folders in `parent` that killed runs of vsr have left. */
async function sweep(parent: string): Promise<void> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory() || !ours.test(entry.name)) continue;
    const folder = path.join(parent, entry.name);
    if ((await stateOfFolder(folder)) !== 'gone') continue;
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * Makes a temporary folder in `parent`, by default in the system's temporary folder. `purpose`, a
 * few lower-case letters, becomes part of its name. Temporary folders that killed runs have left
 * there are removed. Throws `VsrError('disk')` if it cannot be made.
 */
export async function temporaryFolder(purpose: string, parent?: string): Promise<TemporaryFolder> {
  const where = parent ?? os.tmpdir();
  await sweep(where);
  const failed = (cause: unknown): never => {
    const message = `No temporary folder can be made in ${where}: ${messageOf(cause)}.`;
    throw new VsrError('disk', message, { cause });
  };
  // A leading dot hides it among a user's files.
  const prefix = `${parent === undefined ? '' : '.'}vsr-${purpose}-`;
  const folder = await mkdtemp(path.join(where, prefix)).catch(failed);
  await writeFile(path.join(folder, ownerFile), JSON.stringify(thisProcess())).catch(
    async (cause: unknown) => {
      await rmdir(folder).catch(() => {});
      failed(cause);
    },
  );
  const atExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', atExit);
  return {
    path: folder,
    async [Symbol.asyncDispose]() {
      process.off('exit', atExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
