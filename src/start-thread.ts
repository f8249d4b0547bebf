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
