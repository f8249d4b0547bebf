import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Under this name threads get the array that they share with the thread that started them. */
const key = 'vsr.nativeWork';
const [ending, underWay] = [0, 1];

/** How long the end of a process waits for native work, in milliseconds. */
const longestMs = 5000;

/** What was given to this thread; absent in one that nobody started by `startThread`, which waits for others. */
const given = getEnvironmentData(key) as Int32Array | undefined;

/**
 * Makes the end of this process wait for what its threads do in `nativeWork`, however the end comes but by a signal:
 * a thread that is ended in the midst of it takes the process along (onnxruntime-node 1.30 throws where nothing
 * catches), and the exit code is lost. To be called ahead of starting a thread.
 */
export function awaitNativeWorkAtExit(): void {
  if (getEnvironmentData(key) !== undefined) return;
  const shared = new Int32Array(new SharedArrayBuffer(8));
  setEnvironmentData(key, shared);
  process.once('exit', () => {
    Atomics.store(shared, ending, 1);
    const until = Date.now() + longestMs;
    for (;;) {
      const calls = Atomics.load(shared, underWay);
      const left = until - Date.now();
      if (calls === 0 || left <= 0) return;
      Atomics.wait(shared, underWay, calls, left);
    }
  });
}

/** Does `work`, during which this thread may not be ended. Once the process is about to end, it never begins. */
export async function nativeWork<T>(work: () => Promise<T>): Promise<T> {
  if (given === undefined) return work();
  Atomics.add(given, underWay, 1);
  // Looked at behind the count: either the process sees this work, or this work sees the end.
  const begins = Atomics.load(given, ending) === 0;
  try {
    if (begins) return await work();
  } finally {
    Atomics.sub(given, underWay, 1);
    Atomics.notify(given, underWay);
  }
  return new Promise<never>(() => {});
}
