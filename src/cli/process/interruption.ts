import { VsrError } from '../../errors.js';

/** What is under way has this long to end by itself, in milliseconds. */
const graceMs = 4000;

/** The signals that ask a process to end. */
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A signal that fires when the process is asked to end. Whatever has not stopped soon after is ended with exit code
 * 130 by way of `process.exit`, which kills children and removes temporary folders; a second request does so at
 * once, but for a call of the runtime that is under way in a thread (see `awaitNativeWorkAtExit`).
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const end = (): never => process.exit(130);
  for (const signal of names) {
    process.on(signal, () => {
      if (controller.signal.aborted) end();
      controller.abort(new VsrError('interrupted', 'Interrupted.'));
      setTimeout(end, graceMs).unref();
    });
  }
  return controller.signal;
}

/** How a batch is asked to end. */
export type BatchInterruption = {
  /** Fires at the first request; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** Nothing listens to `signal` any more: from now on the first request ends the process. */
  over(): void;
};

/**
 * As `interruption`, but what is under way (clips, or a training) may take its time to end. The handlers stay to the end of the process: a
 * request in a batch's last moments would kill it where 130 is due.
 */
export function batchInterruption(): BatchInterruption {
  const controller = new AbortController();
  let isOver = false;
  const onRequest = (): void => {
    if (isOver || controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const signal of names) process.on(signal, onRequest);
  return { signal: controller.signal, over: () => void (isOver = true) };
}
