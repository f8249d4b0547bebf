import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeSidecar, type Sidecar } from '../../metrics/sidecar.js';
import type { OutputPaths } from '../plan/names.js';
import type { WorkFolder } from '../segments/work-folder.js';

/** What is whole and waits for its names. */
export type FinishedFiles = {
  readonly clip: string;
  /** `null` where no log is wanted. */
  readonly log: string | null;
  readonly sidecar: Sidecar;
};

/**
 * Gives log and clip their names. Nothing is computed any more, and the folder is sealed first: a job
 * that dies after this has only the sidecar left to write.
 */
export async function giveNames(
  folder: WorkFolder,
  { clip, log, sidecar }: FinishedFiles,
  paths: OutputPaths,
): Promise<void> {
  await folder.seal(clip, sidecar);
  if (log !== null && paths.log !== null) await moveTo(log, paths.log);
  await rename(clip, paths.output);
}

/** Writes the sidecar that vouches for clip and log, and removes the work folder. */
export async function vouch(folder: WorkFolder, sidecar: Sidecar, file: string): Promise<void> {
  await writeSidecar(file, sidecar);
  await folder.remove();
}

/** Renames, also to another disk; there under a temporary name first. */
async function moveTo(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const draft = `${to}.${process.pid}.part`;
    await copyFile(from, draft);
    await rename(draft, to);
    await rm(from);
  }
}
