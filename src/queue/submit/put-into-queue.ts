import { expectedFrames } from '../../upscale/plan/expected-frames.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import type { WorkFolder } from '../../upscale/segments/work-folder.js';
import type { Fingerprint } from '../fingerprint.js';
import type { ClipRef, SegmentRun } from '../job/payload.js';
import type { QueueBook } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';
import { queueTimes } from '../times.js';
import { addFlow, type ClipOrder } from './flow.js';
import { planRuns, type Spread } from './plan-runs.js';
import { removeJobs } from './remove-jobs.js';
import { workersFor } from './workers-for.js';

/** Least number of machines that runs are cut for, because more may join later. */
const fewestWorkers = 4;

/** The queue that clips are put into. */
type Target = {
  readonly connection: QueueConnection;
  readonly book: QueueBook;
  readonly fingerprint: Fingerprint;
};

/** A clip whose segments are cut into runs. */
type Clip = { readonly ref: ClipRef; readonly plan: JobPlan; readonly folder: WorkFolder };

/** Runs of a clip's segments that are not done, and the number of frames of those that are. */
export type CutRuns = { readonly runs: SegmentRun[]; readonly before: number };

/** How the segments of a clip can be spread over machines. */
function spreadOf({ plan, folder }: Clip): Spread {
  const { settings } = plan;
  if (settings.reference !== null || settings.frames !== Infinity) return 'in order';
  const { segments } = folder.plan;
  const blind = segments.some(({ number, seekTo }) => number > 0 && seekTo === null);
  return blind ? 'blind' : 'anywhere';
}

/**
 * Cuts the segments of a clip that are not done into runs for the workers that are there. Jobs that
 * an earlier submission of the clip left in the queue are removed before, because BullMQ adds no
 * job under an id that is there already, whatever state that job is in.
 */
export async function cutRuns(
  { connection, book, fingerprint }: Target,
  clip: Clip,
): Promise<CutRuns> {
  const { ref, folder } = clip;
  const known = await book.clip(ref.clip);
  const before = known === null ? null : known.runs;
  // Before the records are read: workers may finish segments until their jobs are removed.
  if (before !== null) {
    await removeJobs(connection, book, {
      id: ref.clip,
      fingerprint: fingerprint.id,
      runs: before,
    });
  }
  const records = await Promise.all(folder.plan.segments.map((each) => folder.finished(each)));
  const workers = workersFor(await book.workers(queueTimes().lockMs), {
    fingerprint: fingerprint.id,
    ref,
  });
  const runs = planRuns(
    records.map((record) => record !== null),
    spreadOf(clip),
    Math.max(fewestWorkers, workers.length),
  );
  if (before === null) {
    await removeJobs(connection, book, { id: ref.clip, fingerprint: fingerprint.id, runs });
  }
  return { runs, before: records.reduce((sum, record) => sum + (record?.frames ?? 0), 0) };
}

/**
 * Notes a clip in the book and adds its jobs; between the two, `prepare` makes ready what workers
 * need. Returns the time of submission, in milliseconds since 1970 by the server's clock.
 */
export async function putIntoQueue(
  { connection, book, fingerprint }: Target,
  { before, ...order }: ClipOrder & { readonly before: number },
  plan: JobPlan,
  prepare: (since: number) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const { ref, runs, priority } = order;
  const { width, height } = plan.enlarged;
  await book.noteFingerprint(fingerprint);
  const since = await book.open({
    id: ref.clip,
    ...{ fingerprint: fingerprint.id, runs, priority, before, ref },
    input: `${ref.input.root}:${ref.input.path}`,
    output: `${ref.output.root}:${ref.output.path}`,
    frames: expectedFrames(plan),
    samples: width * height,
  });
  await prepare(since);
  await addFlow(connection, order);
  return since;
}
