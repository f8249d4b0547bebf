import path from 'node:path';
import { takeLease } from '../files/lease.js';
import type { QueueWork } from './queue/job-run.js';
import { Queue, type QueueWays } from './queue/queue.js';
import { QueueStore } from './queue/queue-store.js';

/** A queue that only this process runs. */
export type OwnQueue = AsyncDisposable & {
  readonly queue: Queue;
  readonly store: QueueStore;
  /** Fires where another process has taken the queue over. */
  readonly lost: AbortSignal;
};

/**
 * Opens the queue in a folder, and runs its jobs with `work`. Throws VsrError `busy` where another
 * process runs it, `disk` where the folder cannot be made, and `media` for a damaged file in it.
 */
export async function openOwnQueue(
  folder: string,
  work: QueueWork,
  ways: QueueWays = {},
): Promise<OwnQueue> {
  const store = await QueueStore.open(folder);
  const lease = await takeLease(path.join(folder, 'lock'), 'the queue');
  try {
    const queue = await Queue.open(store, work, ways);
    return {
      ...{ queue, store, lost: lease.lost },
      async [Symbol.asyncDispose]() {
        await queue[Symbol.asyncDispose]();
        await lease[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await lease[Symbol.asyncDispose]();
    throw error;
  }
}
