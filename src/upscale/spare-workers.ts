import os from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../start-thread.js';
import type { WorkerOrder } from './upscale-worker.js';

/** Inference threads when the caller names no number: one a core. */
export function defaultWorkers(): number {
  return os.availableParallelism();
}

/** Threads that have been started and not yet taken. */
const spare: Worker[] = [];

function startWorker(): Worker {
  return startThread(new URL('./upscale-worker.js', import.meta.url));
}

/**
 * Starts `count` inference threads ahead of the first clip, so that they load while it is looked at: a thread
 * and the runtime take some 200 ms. They keep no process alive.
 */
export function prepareWorkers(count: number): void {
  while (spare.length < count) {
    const worker = startWorker();
    // A failure tells again where the thread is used.
    worker.on('error', () => {});
    worker.unref();
    spare.push(worker);
  }
}

/** A thread that waits for its `EnlargerSpec`: one that was prepared, or a new one. */
export function takeWorker(): Worker {
  const worker = spare.shift();
  if (worker === undefined || worker.threadId === -1) return startWorker();
  worker.removeAllListeners('error');
  worker.ref();
  return worker;
}

/** Ends the threads that nobody took. */
export function discardWorkers(): void {
  // Asked to end rather than ended: the runtime may be loading.
  for (const worker of spare.splice(0)) worker.postMessage(null satisfies WorkerOrder);
}
