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

/** Machines that runs are cut for at least: more may come. */
const fewestWorkers = 4;

/** What speaks to the queue of a submission. */
type Counter = {
  readonly connection: QueueConnection;
  readonly book: QueueBook;
  readonly fingerprint: Fingerprint;
};

/** What is cut into runs. */
type Clip = { readonly ref: ClipRef; readonly plan: JobPlan; readonly folder: WorkFolder };

/** A clip's open segments as runs, and the frames of those that are done. */
export type CutRuns = { readonly runs: SegmentRun[]; readonly before: number };

/** How the segments of a clip can be spread. */
function spreadOf({ plan, folder }: Clip): Spread {
  const { settings } = plan;
  if (settings.reference !== null || settings.frames !== Infinity) return 'in order';
  const { segments } = folder.plan;
  const blind = segments.some(({ number, seekTo }) => number > 0 && seekTo === null);
  return blind ? 'blind' : 'anywhere';
}

/**
 * Cuts what of a clip is not done into runs for the workers there, after taking away what an
 * earlier submission left of it in the queue: under one name BullMQ keeps the job that is there,
 * whatever became of it.
 */
export async function cutRuns(
  { connection, book, fingerprint }: Counter,
  clip: Clip,
): Promise<CutRuns> {
  const { ref, folder } = clip;
  const known = await book.clip(ref.clip);
  const before = known === null ? null : known.runs;
  // Its workers stop first: what they still finish counts, too.
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
 * Notes a clip in the book and adds its jobs; between the two `prepare` makes ready what workers
 * look for. Returns when that was, in milliseconds since 1970.
 */
export async function putIntoQueue(
  { connection, book, fingerprint }: Counter,
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
