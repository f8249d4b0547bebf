import { VsrError } from '../../errors.js';
import { activeClaim, writeClaim } from '../../files/queue-claim.js';
import type { FileRequest } from '../../upscale/file-request.js';
import { openFolder, openJob } from '../../upscale/open-job.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import { differences, type Fingerprint } from '../fingerprint.js';
import { clipName, type ClipRef } from '../job/payload.js';
import { wishOf } from '../job/wish.js';
import type { Priority } from '../priority.js';
import type { QueueBook } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';
import type { Roots } from '../roots.js';
import { queueTimes } from '../times.js';
import type { ShareServer } from '../offer/share-server.js';
import { openJoin, type ClipOrder } from './flow.js';
import { HostedClip, sharedPlaceOf } from './hosted-clip.js';
import { cutRuns, putIntoQueue } from './put-into-queue.js';
import { workersFor } from './workers-for.js';

/** Where and how clips are submitted. */
export type Desk = {
  readonly connection: QueueConnection;
  readonly book: QueueBook;
  readonly fingerprint: Fingerprint;
  readonly roots: Roots;
  /** Serves the clips to workers that share no folder; `null` where files lie under roots. */
  readonly server: ShareServer | null;
  readonly priority: Priority;
};

/** A clip that is in the queue. */
export type Submitted = {
  readonly order: ClipOrder;
  /** Frames that were done before it was submitted. */
  readonly before: number;
  /** When it was submitted, in milliseconds since 1970. */
  readonly since: number;
  /** The clip as this process serves it; `null` where its files lie under roots. */
  readonly hosted: HostedClip | null;
};

/**
 * Throws VsrError `option` for automatic precision on GPUs, because every machine would decide it
 * for itself.
 */
function checkPrecision({ fingerprint }: Desk, { settings }: JobPlan): void {
  if (fingerprint.provider === 'cpu' || settings.precision !== 'auto') return;
  throw new VsrError(
    'option',
    `Expected --precision fp32, fp16 or int8 with --queue and ${fingerprint.provider}: auto measures on each machine, and segments of two kinds are never mixed.`,
  );
}

/**
 * Puts a planned clip into the queue: writes its plan and what it is to become into its work
 * folder, and its jobs into Redis. A clip that is in the queue already is left as it is. Throws
 * VsrError `option` for files outside the roots, and as `openFolder` does.
 */
export async function submitClip(
  desk: Desk,
  request: FileRequest,
  plan: JobPlan,
): Promise<Submitted> {
  checkPrecision(desk, plan);
  if (desk.server !== null) return submitShared(desk, desk.server, request, plan);
  const { connection, book, fingerprint, roots, priority } = desk;
  const place = {
    input: await roots.toShared(plan.input, 'input'),
    output: await roots.toShared(plan.paths.output, 'output'),
    job: plan.job,
  };
  const { log } = plan.paths;
  const shared = log === null ? null : await roots.toShared(log, 'per-frame log');
  const wish = await wishOf(plan.settings, shared, roots);
  const ref: ClipRef = { clip: clipName(fingerprint.id, place), ...place };
  const job = await openJob(request, plan);
  await using folder = await openFolder(job, ref.clip);
  const common = { ref, share: null, fingerprint: fingerprint.id, priority };
  const known = await book.clip(ref.clip);
  const isOpen = (await openJoin(connection, fingerprint.id, ref.clip)) !== null;
  if (isOpen && known?.state === 'open' && (await activeClaim(folder.path)) !== null) {
    const { runs, before, submitted } = known;
    return { order: { ...common, runs }, before, since: submitted, hosted: null };
  }
  const cut = await cutRuns(desk, { ref, plan, folder });
  const since = await putIntoQueue(desk, { ...common, ...cut }, plan, async (submitted) => {
    await writeClaim(folder.path, {
      id: ref.clip,
      queue: connection.address.shown,
      since: new Date(submitted).toISOString(),
      released: false,
      wish,
    });
  });
  return { order: { ...common, runs: cut.runs }, before: cut.before, since, hosted: null };
}

/** Puts a clip into the queue whose files this process serves; it keeps the work folder locked. */
async function submitShared(
  desk: Desk,
  server: ShareServer,
  request: FileRequest,
  plan: JobPlan,
): Promise<Submitted> {
  const { fingerprint, priority } = desk;
  const { place, naming, log } = await sharedPlaceOf(plan);
  const wish = await wishOf(plan.settings, log, naming);
  const ref: ClipRef = { clip: clipName(fingerprint.id, place), ...place };
  const job = await openJob(request, plan);
  const folder = await openFolder(job, null);
  let hosted: AsyncDisposable = folder;
  try {
    const cut = await cutRuns(desk, { ref, plan, folder });
    const { files } = naming;
    const opened = await HostedClip.open(server, ref.clip, {
      ...{ plan, folder, wish, files },
      stamp: job.stamp,
    });
    hosted = opened;
    const order = { ref, share: opened.share, fingerprint: fingerprint.id, priority };
    const since = await putIntoQueue(desk, { ...order, ...cut }, plan);
    return { order: { ...order, runs: cut.runs }, before: cut.before, since, hosted: opened };
  } catch (error) {
    await hosted[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Puts a clip's jobs into the queue again after Redis has lost them. Finished segments are in the
 * work folder, so they are not made again.
 */
export async function submitAgain(
  desk: Desk,
  { order, before }: Submitted,
  plan: JobPlan,
): Promise<void> {
  await putIntoQueue(desk, { ...order, before }, plan);
}

/** Why no worker can take a clip, in words; `null` where one can. */
export async function whyUnserved(
  { book, fingerprint }: Desk,
  order: ClipOrder,
): Promise<string | null> {
  const workers = await book.workers(queueTimes().lockMs);
  if (workersFor(workers, order).length > 0) return null;
  if (workers.length === 0) return 'there is no worker';
  if (workers.some((worker) => worker.fingerprint === order.fingerprint)) {
    const roots = [...new Set([order.ref.input.root, order.ref.output.root])].join(' and ');
    return `no worker has the root ${roots}`;
  }
  const there = new Set(workers.map((worker) => worker.fingerprint));
  const others = (await book.fingerprints()).filter(({ id }) => there.has(id));
  const how = others.map((other) => differences(fingerprint, other)).join('; or ');
  return `the workers would not make the same bytes as this machine: they have ${how}`;
}

/** The error of a clip that failed in the queue. */
export function clipFailure(cause: string | null): VsrError {
  return new VsrError('queue', cause ?? 'It failed in the queue for an unknown reason.');
}
