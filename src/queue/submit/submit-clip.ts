import { VsrError } from '../../errors.js';
import { activeClaim, writeClaim } from '../../files/queue-claim.js';
import type { FileRequest } from '../../upscale/file-request.js';
import { openFolder, openJob } from '../../upscale/open-job.js';
import { expectedFrames } from '../../upscale/plan/expected-frames.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import type { LockedWorkFolder } from '../../upscale/segments/work-folder.js';
import { differences, type Fingerprint } from '../fingerprint.js';
import { clipName, type ClipRef } from '../job/payload.js';
import { wishOf } from '../job/wish.js';
import type { Priority } from '../priority.js';
import type { QueueBook, WorkerEntry } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';
import type { Roots } from '../roots.js';
import { queueTimes } from '../times.js';
import { addFlow, openJoin, type ClipOrder } from './flow.js';
import { planRuns, type Spread } from './plan-runs.js';
import { removeJobs } from './remove-jobs.js';

/** Machines that runs are cut for at least: more may come. */
const fewestWorkers = 4;

/** What clips are submitted to. */
export type Desk = {
  readonly connection: QueueConnection;
  readonly book: QueueBook;
  readonly fingerprint: Fingerprint;
  readonly roots: Roots;
  readonly priority: Priority;
};

/** A clip that is in the queue. */
export type Submitted = {
  readonly order: ClipOrder;
  /** Frames that were done before. */
  readonly before: number;
  /** It was there already: this submission only looks on. */
  readonly again: boolean;
};

/** How the segments of a clip can be spread. */
function spreadOf({ plan }: { readonly plan: JobPlan }, folder: LockedWorkFolder): Spread {
  const { settings } = plan;
  if (settings.reference !== null || settings.frames !== Infinity) return 'in order';
  const { segments } = folder.plan;
  const blind = segments.some(({ number, seekTo }) => number > 0 && seekTo === null);
  return blind ? 'blind' : 'anywhere';
}

/** The workers that can take a clip. */
export function workersFor(
  workers: readonly WorkerEntry[],
  { fingerprint, ref }: Pick<ClipOrder, 'fingerprint' | 'ref'>,
): WorkerEntry[] {
  return workers.filter(
    (worker) =>
      worker.fingerprint === fingerprint &&
      [ref.input.root, ref.output.root].every((root) => worker.roots.includes(root)),
  );
}

/**
 * Puts a planned clip into the queue: its plan and what it is to become into the work folder, its
 * jobs into Redis. A clip that is there already is left as it is. Throws VsrError `option` for
 * files outside the roots, and as `openFolder` does.
 */
export async function submitClip(
  desk: Desk,
  request: FileRequest,
  plan: JobPlan,
): Promise<Submitted> {
  const { connection, book, fingerprint, roots, priority } = desk;
  if (fingerprint.provider !== 'cpu' && plan.settings.precision === 'auto') {
    throw new VsrError(
      'option',
      `Expected --precision fp32, fp16 or int8 with --queue and ${fingerprint.provider}: auto measures on each machine, and segments of two kinds are never mixed.`,
    );
  }
  const place = {
    input: await roots.toShared(plan.input, 'input'),
    output: await roots.toShared(plan.paths.output, 'output'),
    job: plan.job,
  };
  const wish = await wishOf(plan.settings, plan.paths.log, roots);
  const ref: ClipRef = { clip: clipName(fingerprint.id, place), ...place };
  const job = await openJob(request, plan);
  await using folder = await openFolder(job, ref.clip);
  const common = { ref, fingerprint: fingerprint.id, priority };
  const known = await book.clip(ref.clip);
  const isOpen = (await openJoin(connection, fingerprint.id, ref.clip)) !== null;
  if (isOpen && known?.state === 'open' && (await activeClaim(folder.path)) !== null) {
    const { runs, before } = known;
    return { order: { ...common, runs }, before, again: true };
  }
  const records = await Promise.all(folder.plan.segments.map((each) => folder.finished(each)));
  const workers = workersFor(await book.workers(queueTimes().lockMs), common);
  const runs = planRuns(
    records.map((record) => record !== null),
    spreadOf(job, folder),
    Math.max(fewestWorkers, workers.length),
  );
  const order: ClipOrder = { ...common, runs };
  // Under one name BullMQ keeps the job that is there, whatever became of it.
  await removeJobs(connection, book, {
    id: ref.clip,
    fingerprint: fingerprint.id,
    runs: known?.runs ?? runs,
  });
  const before = records.reduce((sum, record) => sum + (record?.frames ?? 0), 0);
  const { width, height } = plan.enlarged;
  const submitted = await book.open({
    id: ref.clip,
    ...{ fingerprint: fingerprint.id, runs, priority, before, ref },
    input: `${ref.input.root}:${ref.input.path}`,
    output: `${ref.output.root}:${ref.output.path}`,
    frames: expectedFrames(plan),
    samples: width * height,
  });
  await writeClaim(folder.path, {
    id: ref.clip,
    queue: connection.address.shown,
    since: new Date(submitted).toISOString(),
    released: false,
    wish,
  });
  await book.noteFingerprint(fingerprint);
  await addFlow(connection, order);
  return { order, before, again: false };
}

/**
 * Puts a clip's jobs into the queue once more, after Redis has lost them: what is done lies in the
 * work folder.
 */
export async function submitAgain(
  desk: Desk,
  { order, before }: Submitted,
  plan: JobPlan,
): Promise<void> {
  const { connection, book, fingerprint, priority } = desk;
  const { ref, runs } = order;
  const { width, height } = plan.enlarged;
  await book.noteFingerprint(fingerprint);
  await book.open({
    id: ref.clip,
    ...{ fingerprint: fingerprint.id, runs, priority, before, ref },
    input: `${ref.input.root}:${ref.input.path}`,
    output: `${ref.output.root}:${ref.output.path}`,
    frames: expectedFrames(plan),
    samples: width * height,
  });
  await addFlow(connection, order);
}

/** Why nobody works on a clip, in words; `null` where a worker can. */
export async function whyUnserved(
  { book, fingerprint }: Desk,
  order: ClipOrder,
): Promise<string | null> {
  const workers = await book.workers(queueTimes().lockMs);
  if (workersFor(workers, order).length > 0) return null;
  if (workers.length === 0) return 'no worker is there';
  if (workers.some((worker) => worker.fingerprint === order.fingerprint)) {
    const roots = [...new Set([order.ref.input.root, order.ref.output.root])].join(' and ');
    return `no worker there serves the root ${roots}`;
  }
  const there = new Set(workers.map((worker) => worker.fingerprint));
  const others = (await book.fingerprints()).filter(({ id }) => there.has(id));
  const how = others.map((other) => differences(fingerprint, other)).join('; or ');
  return `the workers there would not make the same bytes as this machine: they have ${how}`;
}

/** The error of a clip that failed in the queue. */
export function clipFailure(cause: string | null): VsrError {
  return new VsrError('queue', cause ?? 'It failed in the queue for an unknown reason.');
}
