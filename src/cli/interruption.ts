import { VsrError } from '../errors.js';

/** What is under way has this long to end by itself, in milliseconds. */
const graceMs = 4000;

/**
 * A signal that fires when the process is asked to end. Whatever has not stopped soon after is ended with exit code
 * 130 by way of `process.exit`, which kills children and removes temporary folders; a second request does so at
 * once. (Ending the process while a network runs in another thread would crash it: that needs the abort first.)
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const end = (): never => process.exit(130);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) end();
      controller.abort(new VsrError('interrupted', 'Interrupted.'));
      setTimeout(end, graceMs).unref();
    });
  }
  return controller.signal;
}
