import { setTimeout as delay } from 'node:timers/promises';
import { mayPass, messageOf, VsrError } from '../errors.js';

/** Milliseconds before the second try; each further one waits twice as long, up to the most. */
const [firstWaitMs, mostWaitMs] = [5000, 60_000];

/** What is told before a clip is tried again. */
export type TryAgain = {
  /** Number of the next try, from 2, and how many there may be. */
  readonly next: number;
  readonly of: number;
  /** Why the try before failed. */
  readonly why: string;
  readonly waitSeconds: number;
};

/**
 * Does `work` up to `most` times, as long as it fails for a cause that may pass; calls `tell`
 * before each further try. `work` gets the number of the try, from 1. Rejects with the last
 * failure, and with VsrError `interrupted` where `signal` fires during a wait.
 */
export async function withTries<T>(
  most: number,
  work: (number: number) => Promise<T>,
  { tell, signal }: { readonly tell: (again: TryAgain) => void; readonly signal: AbortSignal },
  waitMs = firstWaitMs,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await work(number);
    } catch (error) {
      if (number >= most || !mayPass(error)) throw error;
      const wait = Math.min(mostWaitMs, waitMs * 2 ** (number - 1));
      tell({ next: number + 1, of: most, why: messageOf(error), waitSeconds: wait / 1000 });
      await delay(wait, undefined, { signal }).catch(() => {
        throw new VsrError('interrupted', 'Interrupted before the next try.', { cause: error });
      });
    }
  }
}
