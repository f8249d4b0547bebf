import { Worker, type WorkerOptions } from 'node:worker_threads';
import { awaitNativeWorkAtExit } from './native-work.js';
import { switchOffTelemetry } from './telemetry.js';

/** Flags of Node, each with a value, by which code is loaded before or instead of others. */
const loadingFlags = ['--import', '--require', '-r', '--loader', '--conditions', '-C'];

/**
 * What a thread takes over of this process's flags, as options of `Worker`. Nothing is named unless
 * code came as text (`--input-type`): Node then takes over all flags but V8's own, which it refuses
 * where they are named. The flag on text must go, since a file is refused with it.
 */
function flagsOfThread(flags: readonly string[]): { execArgv?: string[] } {
  if (!flags.some((flag) => flag.startsWith('--input-type'))) return {};
  const isLoading = (flag = ''): boolean => loadingFlags.includes(flag.replace(/=.*/s, ''));
  const execArgv = flags.filter(
    (flag, i) => isLoading(flag) || loadingFlags.includes(flags[i - 1] ?? ''),
  );
  return { execArgv };
}

/**
 * Starts a thread that runs a module of this package, also in a process whose own code came by
 * `node --eval`.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  switchOffTelemetry();
  awaitNativeWorkAtExit();
  return new Worker(module, { ...flagsOfThread(process.execArgv), ...options });
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
