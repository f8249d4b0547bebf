import { messageOf, VsrError, type VsrErrorCode } from '../../errors.js';

/** Why a job under way is stopped. */
export type StopReason = 'cancelled' | 'given back' | 'lock lost';

/** What becomes of a job that failed. */
export type Verdict =
  /** It fails for good, and its clip with it. */
  | { readonly kind: 'final'; readonly cause: string }
  /** It is tried again after a while, here or on another machine. */
  | { readonly kind: 'again'; readonly cause: string }
  /** It goes back into the queue at once, for any worker. */
  | { readonly kind: 'back'; readonly cause: string }
  /** It waits for a lock that another process holds, or for a submitter that is away. */
  | { readonly kind: 'wait'; readonly cause: string };

/** Codes of failures that would be the same on every machine. */
const sameEverywhere: readonly VsrErrorCode[] = ['media', 'option', 'model', 'queue'];

/** What becomes of a job that failed with `error` on a machine with which nothing is wrong. */
export function verdictOn(error: unknown): Verdict {
  const cause = messageOf(error);
  if (!(error instanceof VsrError)) return { kind: 'again', cause };
  if (error.code === 'busy') return { kind: 'wait', cause };
  if (error.code === 'interrupted') return { kind: 'back', cause };
  return { kind: sameEverywhere.includes(error.code) ? 'final' : 'again', cause };
}
