import { setTimeout as sleep } from 'node:timers/promises';
import { VsrError } from '../../errors.js';
import { queueName } from '../fingerprint.js';
import { joinId } from '../job/payload.js';
import { isSharedName } from '../job/share.js';
import type { ClipOrder } from './flow.js';
import type { ClipEntry, QueueBook, RunProgress } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';

/** Milliseconds from one look to the next. */
const lookMs = 500;

/**
 * Number of looks of which one asks for the state of the join job as well. The book usually says
 * how a clip ended; it does not where the join failed without its worker noting that, which is
 * rare.
 */
const joinEvery = 8;

/** A clip in the queue to watch. */
export type Watch = {
  readonly connection: QueueConnection;
  readonly book: QueueBook;
  readonly clip: Pick<ClipOrder, 'fingerprint'> & { readonly id: string };
  readonly signal: AbortSignal;
  /** Whether this process joins the clip, once all of its segments are there. */
  readonly joins: boolean;
  /** Gets the frames of this submission, without those that were done before it. */
  readonly onProgress: (progress: RunProgress) => void;
};

/** How the watch of a clip ended. */
export type WatchEnd =
  /** `lost`: Redis does not know the clip any more. */
  | { readonly state: 'done' | 'lost' }
  | { readonly state: 'failed' | 'cancelled'; readonly cause: string | null };

/** Awaits `look`, which may wait for a server that is away, but only until `signal` fires. */
async function unlessAborted<T>(signal: AbortSignal, look: Promise<T>): Promise<T> {
  look.catch(() => {});
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = (): void => reject(new VsrError('interrupted', 'Interrupted.'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([look, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Watches a clip to its end, also through outages of the server. Rejects with VsrError
 * `interrupted` once `signal` fires; the clip stays in the queue.
 */
export async function waitForClip(watch: Watch): Promise<WatchEnd> {
  const { signal } = watch;
  for (let looks = 0; ; looks++) {
    const end = await unlessAborted(signal, look(watch, watch.joins || looks % joinEvery === 0));
    if (end !== null) return end;
    await unlessAborted(signal, sleep(lookMs));
  }
}

async function look(
  { connection, book, clip, joins, onProgress }: Watch,
  asksJoin: boolean,
): Promise<WatchEnd | null> {
  const [entry, progress] = [await book.clip(clip.id), await book.progress(clip.id)];
  onProgress(progress);
  if (entry === null) return { state: 'lost' };
  const end = endOf(entry);
  if (end !== null || !asksJoin) return end;
  const jobs = connection.queue(queueName(clip.fingerprint));
  const join = await jobs.getJob(joinId(clip.id));
  if (join === undefined) return { state: 'lost' };
  const state = await join.getState();
  if (state === 'completed') {
    // A clip that its submitter serves is done once the submitter has noted that in the book.
    return isSharedName(entry.input) && !joins ? null : { state: 'done' };
  }
  if (state !== 'failed') return null;
  // A worker notes the cause before its job fails, which may have been after the book was read.
  const now = await book.clip(clip.id);
  const noted = now === null ? null : endOf(now);
  if (noted !== null) return noted;
  // The worker could not note the failure itself: it was lost, or could not reach the server. The
  // job is read again, because it may have failed since.
  const cause = (await jobs.getJob(joinId(clip.id)))?.failedReason ?? null;
  await book.end(clip.id, 'failed', cause);
  return { state: 'failed', cause };
}

/** How a clip ended by the book; `null` for one that has not. */
function endOf({ state, cause }: ClipEntry): WatchEnd | null {
  if (state === 'open') return null;
  return state === 'done' ? { state } : { state, cause };
}
