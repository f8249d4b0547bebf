import { setTimeout as sleep } from 'node:timers/promises';
import { VsrError } from '../../errors.js';
import { queueName } from '../fingerprint.js';
import { joinId } from '../job/payload.js';
import { isSharedName } from '../job/share.js';
import type { ClipOrder } from './flow.js';
import type { QueueBook, RunProgress } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';

/** Milliseconds from one look to the next. */
const lookMs = 500;

/**
 * One look of so many asks the join itself, where the book tells of its end: a join that went wrong
 * without a word is rare.
 */
const joinEvery = 8;

/** What of a clip in the queue is watched, and who hears of it. */
export type Watch = {
  readonly connection: QueueConnection;
  readonly book: QueueBook;
  readonly clip: Pick<ClipOrder, 'fingerprint'> & { readonly id: string };
  readonly signal: AbortSignal;
  /** This process joins the clip once all of its segments are there. */
  readonly joins: boolean;
  /** Frames of this submission, without those that were done before it. */
  readonly onProgress: (progress: RunProgress) => void;
};

/** How the watch of a clip ended. */
export type WatchEnd =
  /** `lost`: Redis knows nothing of it any more. */
  | { readonly state: 'done' | 'lost' }
  | { readonly state: 'failed' | 'cancelled'; readonly cause: string | null };

/** A look that waits for a server that is away ends when the watch does. */
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
 * Watches a clip to its end, through outages of the server. Rejects with VsrError `interrupted`
 * once `signal` fires: the clip goes on.
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
  if (entry?.state === 'done') return { state: 'done' };
  if (entry?.state === 'failed' || entry?.state === 'cancelled') {
    return { state: entry.state, cause: entry.cause };
  }
  if (entry === null) return { state: 'lost' };
  if (!asksJoin) return null;
  const join = await connection.queue(queueName(clip.fingerprint)).getJob(joinId(clip.id));
  if (join === undefined) return { state: 'lost' };
  const state = await join.getState();
  if (state === 'completed') {
    // A clip that its submitter serves is done when that one says so.
    return isSharedName(entry.input) && !joins ? null : { state: 'done' };
  }
  if (state !== 'failed') return null;
  // A worker that was lost too often, or whose words were, has not said so itself.
  const cause = join.failedReason;
  await book.end(clip.id, 'failed', cause);
  return { state: 'failed', cause };
}
