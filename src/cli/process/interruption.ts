import { endAtOnceAtExit } from '../../end-at-once.js';
import { errorFacts, VsrError } from '../../errors.js';
import { say } from '../display/say.js';
import { closeAnswer } from './answer.js';

/**
 * Work under way has this long to end by itself, in milliseconds. Together with the wait at the end
 * of the process (src/native-work.ts) this stays below two seconds.
 */
const graceMs = 900;

/** Signals that request the end of a process. */
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends the process with exit code 130 through `process.exit`, which kills children and removes
 * temporary folders. It does not wait for threads: one may be stuck in the runtime, or in reading a
 * picture.
 */
function end(): never {
  endAtOnceAtExit();
  process.exit(130);
}

/** Prints that the command was interrupted, writes its `--json` summary, and ends the process. */
function reportAndEnd(advice = ''): never {
  say(`vsr: Interrupted. ${advice}`.trimEnd());
  closeAnswer(130, errorFacts(new VsrError('interrupted', 'Interrupted.')));
  end();
}

/** What a request to end does at present. */
let onRequest: () => void = () => reportAndEnd();
let isWatched = false;

/** From now on a request to end, which would kill the process, makes it exit with 130. */
export function watchForRequests(): void {
  if (isWatched) return;
  isWatched = true;
  for (const name of names) {
    process.removeAllListeners(name); // The handlers of bin/vsr.js, which report nothing.
    process.on(name, () => onRequest());
  }
}

/**
 * A signal that fires when the process is asked to end. If the process has not ended soon after, it
 * prints what `advice` returns then and exits with code 130; a second request ends it at once. The
 * handlers stay until the process has ended: otherwise a request in its last moments would kill it
 * instead of giving 130.
 */
export function interruption(advice: () => string = () => ''): AbortSignal {
  watchForRequests();
  const controller = new AbortController();
  onRequest = () => {
    onRequest = end;
    setTimeout(() => reportAndEnd(advice()), graceMs).unref();
    controller.abort(new VsrError('interrupted', 'Interrupted.'));
  };
  return controller.signal;
}

/**
 * A signal that fires when the process is asked to end, for work that may take its time to finish;
 * a second request ends the process at once.
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
  /**
   * Call it once nothing uses `signal` any more: from then on a request ends the process at once.
   * Where it is the first one, `advice` is printed.
   */
  over(advice?: string): void;
};

/** As `interruption`, for work that knows when it is over: clips, or a training. */
export function batchInterruption(advice?: () => string): BatchInterruption {
  const signal = interruption(advice);
  return {
    signal,
    over: (last) => void (onRequest = signal.aborted ? end : () => reportAndEnd(last)),
  };
}
