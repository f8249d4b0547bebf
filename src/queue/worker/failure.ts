import { messageOf, VsrError, type VsrErrorCode } from '../../errors.js';

/** Why the work on a job is stopped from outside. */
export type StopReason = 'cancelled' | 'given back' | 'lock lost';

/** What becomes of a job that did not end well. */
export type Verdict =
  /** It fails for good, and its clip with it. */
  | { readonly kind: 'final'; readonly cause: string }
  /** It is tried again, here or elsewhere, after a while. */
  | { readonly kind: 'again'; readonly cause: string }
  /** It goes back untried, for others to take. */
  | { readonly kind: 'back'; readonly cause: string }
  /** It waits for a lock that another machine holds. */
  | { readonly kind: 'wait'; readonly cause: string };

/** Failures that would be the same on every machine. */
const same: readonly VsrErrorCode[] = ['media', 'option', 'model', 'queue'];

/** What is to become of a job that failed with `error` on a machine that is in order. */
export function verdictOn(error: unknown): Verdict {
  const cause = messageOf(error);
  if (!(error instanceof VsrError)) return { kind: 'again', cause };
  if (error.code === 'busy') return { kind: 'wait', cause };
  if (error.code === 'interrupted') return { kind: 'back', cause };
  return { kind: same.includes(error.code) ? 'final' : 'again', cause };
}
