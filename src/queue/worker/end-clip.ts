import type { Job } from 'bullmq';
import { hashOf } from '../../upscale/plan/identity.js';
import { jobId, joinId, payloadOf } from '../job/payload.js';
import type { QueueBook } from '../redis/book.js';
import type { ClipJobs } from './clip-jobs.js';

/** A job by which its clip fails, and why. */
type Ending = {
  readonly job: Job;
  readonly book: QueueBook;
  readonly jobs: ClipJobs;
  readonly cause: string;
};

/** Ends a clip for good: its other jobs stop, and its folder waits for whoever goes on. */
export async function endClip({ job, book, jobs, cause }: Ending): Promise<void> {
  const payload = payloadOf(job.data);
  const { from, to, share, ...ref } = payload;
  void share; // A secret, which the book does not hold.
  const names = [joinId(ref.clip), jobId(ref.clip, { from, to })];
  const entry = await book.clip(ref.clip);
  // A job that somebody else has made up ends nothing but itself.
  if (!names.includes(job.id ?? '') || hashOf(entry?.ref) !== hashOf(ref)) return;
  if (!(await book.end(ref.clip, 'failed', cause))) return;
  await book.tellStop(ref.clip);
  await jobs.release(payload).catch(() => {});
}
