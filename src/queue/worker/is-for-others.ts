import type { Job } from 'bullmq';
import { payloadOf } from '../job/payload.js';
import { sharedRoot } from '../job/share.js';
import type { QueueBook, WorkerEntry } from '../redis/book.js';
import { queueTimes } from '../times.js';

/**
 * Whether another worker has the roots that a job names, where `own` has not. One that takes clips
 * from their submitters may come at any time: it needs nothing for it.
 */
export async function isForOthers(job: Job, own: WorkerEntry, book: QueueBook): Promise<boolean> {
  const { input, output } = payloadOf(job.data);
  const wanted = [input.root, output.root];
  const missing = wanted.filter((root) => !own.roots.includes(root));
  if (missing.length === 0) return false;
  if (missing.every((root) => root === sharedRoot)) return true;
  const others = await book.workers(queueTimes().lockMs);
  return others.some(
    (other) =>
      other.fingerprint === own.fingerprint && wanted.every((root) => other.roots.includes(root)),
  );
}
