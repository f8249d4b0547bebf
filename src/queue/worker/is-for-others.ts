import type { Job } from 'bullmq';
import { type Payload, payloadOf } from '../job/payload.js';
import { sharedRoot } from '../job/share.js';
import type { QueueBook, WorkerEntry } from '../redis/book.js';
import { queueTimes } from '../times.js';

/**
 * Whether a job names roots that the worker `own` lacks, and another worker can take it. A clip
 * that its submitter serves needs no root, so for such a clip another worker may come at any time.
 * A payload that cannot be read here cannot be read anywhere.
 */
export async function isForOthers(job: Job, own: WorkerEntry, book: QueueBook): Promise<boolean> {
  let payload: Payload;
  try {
    payload = payloadOf(job.data);
  } catch {
    return false;
  }
  const wanted = [payload.input.root, payload.output.root];
  const missing = wanted.filter((root) => !own.roots.includes(root));
  if (missing.length === 0) return false;
  if (missing.every((root) => root === sharedRoot)) return true;
  const others = await book.workers(queueTimes().lockMs);
  return others.some(
    (other) =>
      other.fingerprint === own.fingerprint && wanted.every((root) => other.roots.includes(root)),
  );
}
