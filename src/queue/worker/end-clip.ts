import type { Job } from 'bullmq';
import { hashOf } from '../../upscale/plan/identity.js';
import { jobId, joinId, payloadOf } from '../job/payload.js';
import type { QueueBook } from '../redis/book.js';
import type { ClipJobs } from './clip-jobs.js';

/** A job whose failure makes its clip fail, and the cause. */
type Ending = {
  readonly job: Job;
  readonly book: QueueBook;
  readonly jobs: ClipJobs;
  readonly cause: string;
};

/**
 * Ends a clip for good: its other jobs stop, and its work folder is released, so that any job may
 * go on with its finished segments.
 */
export async function endClip({ job, book, jobs, cause }: Ending): Promise<void> {
  const payload = payloadOf(job.data);
  const { from, to, share, ...ref } = payload;
  void share; // The book does not hold it, because it is a secret.
  const names = [joinId(ref.clip), jobId(ref.clip, { from, to })];
  const entry = await book.clip(ref.clip);
  // A job that is not among the clip's own, such as a forged one, must not end the clip.
  if (!names.includes(job.id ?? '') || hashOf(entry?.ref) !== hashOf(ref)) return;
  if (!(await book.end(ref.clip, 'failed', cause))) return;
  await book.tellStop(ref.clip);
  await jobs.release(payload).catch(() => {});
}
