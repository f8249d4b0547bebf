import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { endAtOnce } from './end-at-once.js';

/** The name under which threads get the array that they share with the thread that started them. */
const key = 'vsr.nativeWork';
const [ending, underWay] = [0, 1];

/**
 * How long the end of a process waits for native work, in milliseconds. A run of a network over a
 * strip takes a fifth of that; a longer call may never end.
 */
const longestMs = 500;

/**
 * The array given to this thread; absent in a thread that `startThread` did not start, which waits
 * for others.
 */
const given = getEnvironmentData(key) as Int32Array | undefined;

/**
 * Makes the end of this process wait for what its threads do in `nativeWork`, however the end comes
 * except by a signal. A thread that is ended in the midst of it takes the process along
 * (onnxruntime-node 1.30 throws where nothing catches), and the exit code is lost. Node itself
 * would wait without end for a thread that is stuck there: then the process ends without it. To be
 * called before a thread is started.
 */
export function awaitNativeWorkAtExit(): void {
  if (getEnvironmentData(key) !== undefined) return;
  const shared = new Int32Array(new SharedArrayBuffer(8));
  setEnvironmentData(key, shared);
  const atExit = (code: number): void => {
    Atomics.store(shared, ending, 1);
    const until = Date.now() + longestMs;
    for (;;) {
      const calls = Atomics.load(shared, underWay);
      const left = until - Date.now();
      if (calls === 0) return;
      if (left <= 0) break;
      Atomics.wait(shared, underWay, calls, left);
    }
    const all = process.listeners('exit');
    for (const later of all.slice(all.indexOf(atExit) + 1)) later.call(process, code);
    endAtOnce(code);
  };
  process.on('exit', atExit);
}

/**
 * Does `work`; meanwhile this thread may not be ended. Once the process is about to end, `work`
 * never begins.
 */
export async function nativeWork<T>(work: () => Promise<T>): Promise<T> {
  if (given === undefined) return work();
  Atomics.add(given, underWay, 1);
  // Read after counting up: either the process sees this work, or this work sees the end.
  const begins = Atomics.load(given, ending) === 0;
  try {
    if (begins) return await work();
  } finally {
    Atomics.sub(given, underWay, 1);
    Atomics.notify(given, underWay);
  }
  return new Promise<never>(() => {});
}
