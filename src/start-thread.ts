import { Worker, type WorkerOptions } from 'node:worker_threads';
import { awaitNativeWorkAtExit } from './native-work.js';
import { switchOffTelemetry } from './telemetry.js';

/**
 * Flags of Node that a thread takes over, without those on how code that came as text is read: a
 * file is refused with them.
 */
function flagsForFiles(flags: readonly string[]): string[] {
  return flags.filter(
    (flag, i) => !flag.startsWith('--input-type') && flags[i - 1] !== '--input-type',
  );
}

/**
 * Starts a thread that runs a module of this package, also in a process whose own code came by
 * `node --eval`.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  switchOffTelemetry();
  awaitNativeWorkAtExit();
  return new Worker(module, { execArgv: flagsForFiles(process.execArgv), ...options });
}

/** How long threads may take to end by themselves, in milliseconds. */
const graceMs = 500;

/**
 * Tells a thread to end, by the message `null`, and waits a while until it has. Terminating it
 * during a run of a session crashes the whole process (onnxruntime-node 1.30): a thread that takes
 * longer is left to end when it can, and does not keep the process alive.
 */
export async function endThread(worker: Worker): Promise<void> {
  worker.postMessage(null);
  if (worker.threadId === -1) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      worker.unref();
      resolve();
    }, graceMs);
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
