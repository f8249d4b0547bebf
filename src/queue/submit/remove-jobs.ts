import { setTimeout as sleep } from 'node:timers/promises';
import { VsrError } from '../../errors.js';
import { queueName } from '../fingerprint.js';
import { jobId, joinId } from '../job/payload.js';
import type { ClipEntry, QueueBook } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';
import { queueTimes } from '../times.js';

/**
 * Takes all jobs of a clip out of the queue, those under way last: their workers stop first. Throws
 * VsrError `busy` where one does not let go.
 */
export async function removeJobs(
  connection: QueueConnection,
  book: QueueBook,
  { id, fingerprint, runs }: Pick<ClipEntry, 'id' | 'fingerprint' | 'runs'>,
): Promise<void> {
  const jobs = connection.queue(queueName(fingerprint));
  const join = await jobs.getJob(joinId(id));
  await join?.removeUnprocessedChildren();
  await book.tellStop(id);
  // The join's removal takes those with it that are not held.
  const names = [joinId(id), ...runs.map((run) => jobId(id, run))];
  // The job of a worker that is gone is free once its lock has run out.
  const until = performance.now() + 3 * queueTimes().lockMs;
  for (;;) {
    const left: string[] = [];
    for (const name of names) if ((await jobs.remove(name)) === 0) left.push(name);
    const held = (await Promise.all(left.map((name) => jobs.getJob(name)))).filter(
      (job) => job !== undefined,
    );
    if (held.length === 0) return;
    if (performance.now() > until) {
      throw new VsrError('busy', `The job ${held[0]!.id} of ${id} is held by a worker. Try again.`);
    }
    await sleep(100);
  }
}
