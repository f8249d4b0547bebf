import { setTimeout as sleep } from 'node:timers/promises';
import { VsrError } from '../../errors.js';
import { queueName } from '../fingerprint.js';
import { jobId, joinId } from '../job/payload.js';
import type { ClipEntry, QueueBook } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';
import { queueTimes } from '../times.js';

/**
 * Removes all jobs of a clip from the queue. Workers are told to stop those under way, and these
 * are removed once they have stopped. Throws VsrError `busy` where a worker does not release its
 * job.
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
  // Removing the join also removes those of its runs that no worker holds.
  const names = [joinId(id), ...runs.map((run) => jobId(id, run))];
  // A job whose worker is gone can be removed once its lock has expired.
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
