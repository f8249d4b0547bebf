import type { FlowJob, Job } from 'bullmq';
import { queueName } from '../fingerprint.js';
import { jobId, joinId, storedPayload, type ClipRef, type SegmentRun } from '../job/payload.js';
import type { Share } from '../job/share.js';
import type { Priority } from '../priority.js';
import type { QueueConnection } from '../redis/connection.js';
import { ATTEMPTS, queueTimes } from '../times.js';

/**
 * BullMQ's priority of a clip's first run; the clip's further runs have the numbers after it.
 * BullMQ takes jobs with lower numbers first, and accepts numbers up to 2^21.
 */
const firstPlace: Readonly<Record<Priority, number>> = { interactive: 1, batch: 1_000_000 };
/** Number of runs after which all further ones share a number, so that priorities never meet. */
const mostPlaces = 900_000;

/** Seconds for which ended jobs can still be looked at; failed ones seven times as long. */
const keptSeconds = 24 * 3600;

/** Everything that is needed to put a clip into the queue. */
export type ClipOrder = {
  readonly ref: ClipRef;
  /** The submitter that serves its files; `null` where they lie under roots. */
  readonly share: Share | null;
  readonly fingerprint: string;
  readonly runs: readonly SegmentRun[];
  readonly priority: Priority;
};

/**
 * A clip's jobs: one per run of segments, and the join, which waits for them all. The first runs of
 * all clips come before the second runs of any, so that no clip waits for another one to end.
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
        // Otherwise the join would wait for ever after a run has failed.
        failParentOnFailure: true,
      },
    })),
  };
}

/** States of a join in which its clip is under way. */
const underWay = ['waiting-children', 'waiting', 'prioritized', 'delayed', 'active', 'paused'];

/** The join of a clip that is under way; `null` where the clip is not. */
export async function openJoin(
  connection: QueueConnection,
  fingerprint: string,
  clip: string,
): Promise<Job | null> {
  const join = await connection.queue(queueName(fingerprint)).getJob(joinId(clip));
  if (join === undefined) return null;
  return underWay.includes(await join.getState()) ? join : null;
}

/** Adds a clip's jobs. Jobs that an earlier submission left must have been removed before. */
export async function addFlow(connection: QueueConnection, order: ClipOrder): Promise<void> {
  await connection.flows.add(flowOf(order));
}
