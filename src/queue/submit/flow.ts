import type { FlowJob, Job } from 'bullmq';
import { queueName } from '../fingerprint.js';
import { jobId, joinId, storedPayload, type ClipRef, type SegmentRun } from '../job/payload.js';
import type { Share } from '../job/share.js';
import type { Priority } from '../priority.js';
import type { QueueConnection } from '../redis/connection.js';
import { ATTEMPTS, queueTimes } from '../times.js';

/** The first place of each priority; BullMQ takes the lowest number first, up to 2^21. */
const firstPlace: Readonly<Record<Priority, number>> = { interactive: 1, batch: 1_000_000 };
const mostPlaces = 900_000;

/** Seconds that jobs are kept after their end, for whoever looks at them. */
const keptSeconds = 24 * 3600;

/** Everything that is needed to put a clip into the queue. */
export type ClipOrder = {
  readonly ref: ClipRef;
  /** Who serves its files; `null` where they lie under roots. */
  readonly share: Share | null;
  readonly fingerprint: string;
  readonly runs: readonly SegmentRun[];
  readonly priority: Priority;
};

/**
 * A clip's jobs: its runs of segments, and the join that waits for them. Of several clips the first
 * runs come first, then the second ones: so none waits for the end of another.
 */
function flowOf({ ref, share, fingerprint, runs, priority }: ClipOrder): FlowJob {
  const name = queueName(fingerprint);
  const first = firstPlace[priority];
  const common = {
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: queueTimes().backoffMs, jitter: 0.3 },
    removeOnComplete: { age: keptSeconds },
    removeOnFail: { age: 7 * keptSeconds },
  };
  return {
    name: 'join',
    queueName: name,
    data: storedPayload({ ...ref, share, from: 0, to: 0 }),
    opts: { ...common, jobId: joinId(ref.clip), priority: first },
    children: runs.map((run, place) => ({
      name: 'segments',
      queueName: name,
      data: storedPayload({ ...ref, share, ...run }),
      opts: {
        ...common,
        jobId: jobId(ref.clip, run),
        priority: first + Math.min(place, mostPlaces),
        // Without it the join would wait for ever.
        failParentOnFailure: true,
      },
    })),
  };
}

/** States of a join in which its clip is under way. */
const underWay = ['waiting-children', 'waiting', 'prioritized', 'delayed', 'active', 'paused'];

/** The join of a clip that is under way; `null` where there is none. */
export async function openJoin(
  connection: QueueConnection,
  fingerprint: string,
  clip: string,
): Promise<Job | null> {
  const join = await connection.queue(queueName(fingerprint)).getJob(joinId(clip));
  if (join === undefined) return null;
  return underWay.includes(await join.getState()) ? join : null;
}

/** Adds a clip's jobs. What an earlier submission left of them must have been removed. */
export async function addFlow(connection: QueueConnection, order: ClipOrder): Promise<void> {
  await connection.flows.add(flowOf(order));
}
