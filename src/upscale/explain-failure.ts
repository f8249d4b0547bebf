import { stat, statfs } from 'node:fs/promises';
import { VsrError, messageOf } from '../errors.js';
import { checkUnchanged } from './plan/identity.js';
import type { JobContext } from './segments/job-context.js';

/** The system's names for what is wrong with a disk, in words. */
const diskWords: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an error',
  EROFS: 'the disk is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** Less than this is no room for any clip. */
const leastBytes = 256 * 1024;

async function isFull(folder: string): Promise<boolean> {
  const stats = await statfs(folder).catch(() => undefined);
  return stats !== undefined && stats.bavail * stats.bsize < leastBytes;
}

/**
 * The error to report for one that ended a job. Processes fail in many words when a file or a folder
 * is taken away under them: that is looked for first. What the system says of a disk becomes VsrError `disk`.
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
    await checkUnchanged(plan.input, stamp);
  } catch (changed) {
    return changed;
  }
  // ffmpeg ends a file that found no room with exit code 0; that it is not whole is seen afterwards.
  if (workFolder !== null && (await isFull(workFolder))) {
    const message = `The disk is full: ${plan.paths.output} could not be written. Free some space and run the same command again: what is done is kept.`;
    return new VsrError('disk', message, { cause: error });
  }
  if (error instanceof VsrError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  // Without either it is no word of the system's but a mistake in vsr.
  if (code === undefined || (path === undefined && diskWords[code] === undefined)) return error;
  const why = diskWords[code] ?? messageOf(error);
  return new VsrError(
    'disk',
    `Writing ${plan.paths.output} failed: ${why}${path === undefined ? '' : ` (${path})`}. What is done is kept; run the same command again.`,
    { cause: error },
  );
}
