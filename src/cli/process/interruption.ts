import { endAtOnceAtExit } from '../../end-at-once.js';
import { VsrError } from '../../errors.js';
import { say } from '../display/say.js';

/**
 * What is under way has this long to end by itself, in milliseconds. With what the end of the
 * process waits for (src/native-work.ts) this stays below two seconds.
 */
const graceMs = 900;

/** The signals that ask a process to end. */
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends the process with 130 by way of `process.exit`, which kills children and removes temporary
 * folders. It does not wait for threads: one may be stuck in the runtime, or in reading a picture.
 */
function end(): never {
  endAtOnceAtExit();
  process.exit(130);
}

/** What a request does now. */
let onRequest: () => void = end;
let isWatched = false;

/** From now on a request to end, which would kill the process, ends it with 130. */
export function watchForRequests(): void {
  if (isWatched) return;
  isWatched = true;
  for (const name of names) process.on(name, () => onRequest());
}

/**
 * A signal that fires when the process is asked to end. Whatever has not stopped soon after is
 * ended with exit code 130, and `advice` is said; a second request ends it at once. The handlers
 * stay until the process has ended: a request in its last moments would kill it where 130 is due.
 */
export function interruption(advice = ''): AbortSignal {
  watchForRequests();
  const controller = new AbortController();
  onRequest = () => {
    onRequest = end;
    setTimeout(() => {
      say(`vsr: Interrupted. ${advice}`.trimEnd());
      end();
    }, graceMs).unref();
    controller.abort(new VsrError('interrupted', 'Interrupted.'));
  };
  return controller.signal;
}

/**
 * A signal that fires when the process is asked to end, for what may take its time with it; a
 * second request ends it at once.
 */
export function patientInterruption(): AbortSignal {
  watchForRequests();
  const controller = new AbortController();
  onRequest = () => {
    onRequest = end;
    controller.abort(new VsrError('interrupted', 'Interrupted.'));
  };
  return controller.signal;
}

/** How a batch is asked to end. */
export type BatchInterruption = {
  /** Fires at the first request; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** Nothing listens to `signal` any more: from now on the first request ends the process. */
  over(): void;
};

/** As `interruption`, for what knows its end: clips, or a training. */
export function batchInterruption(advice = ''): BatchInterruption {
  const signal = interruption(advice);
  return { signal, over: () => void (onRequest = end) };
}
