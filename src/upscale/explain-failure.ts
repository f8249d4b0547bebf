import { wordsForDisk } from '../media/program/disk-words.js';
import { stat, statfs } from 'node:fs/promises';
import { VsrError, messageOf } from '../errors.js';
import { checkUnchanged } from './plan/identity.js';
import type { JobContext } from './segments/job-context.js';

/** With fewer bytes free than this, a disk counts as full. */
const leastBytes = 256 * 1024;

async function isFull(folder: string): Promise<boolean> {
  const stats = await statfs(folder).catch(() => undefined);
  return stats !== undefined && stats.bavail * stats.bsize < leastBytes;
}

/**
 * The error to report for one that ended a job. When a file or folder is taken away, processes fail
 * in many ways, so that is checked first. What the system says of a disk becomes VsrError `disk`.
 */
export async function explainFailure(
  error: unknown,
  { plan, stamp }: JobContext,
  workFolder: string | null,
): Promise<unknown> {
  if (error instanceof VsrError && (error.code === 'interrupted' || error.code === 'option')) {
    return error;
  }
  if (workFolder !== null && (await stat(workFolder).catch(() => undefined)) === undefined) {
    return new VsrError(
      'disk',
      `The work folder ${workFolder} was removed while the job ran. Run the same command again.`,
      { cause: error },
    );
  }
  try {
    await checkUnchanged(plan.source.path, stamp);
  } catch (changed) {
    return changed;
  }
  // ffmpeg ends with exit code 0 on a full disk; that the file is not whole is found only later.
  if (workFolder !== null && (await isFull(workFolder))) {
    const message = `The disk is full: ${plan.paths.output} could not be written. Free some space and run the same command again: what is done is kept.`;
    return new VsrError('disk', message, { cause: error });
  }
  if (error instanceof VsrError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const words = wordsForDisk(code);
  // An error without a code or a path is a mistake in vsr, not an error of the system.
  if (code === undefined || (path === undefined && words === undefined)) return error;
  const why = words ?? messageOf(error);
  return new VsrError(
    'disk',
    `Writing ${plan.paths.output} failed: ${why}${path === undefined ? '' : ` (${path})`}. What is done is kept; run the same command again.`,
    { cause: error },
  );
}
