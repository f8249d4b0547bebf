import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { VsrError } from '../../errors.js';
import { startThread } from '../../start-thread.js';
import type { PictureJob, PictureResult } from './picture-job.js';
import type { PictureAnswer } from './picture-worker.js';

/** Threads that make training pictures ready, in the order asked for. */
export class PicturePool implements AsyncDisposable {
  readonly #workers: readonly Worker[];

  constructor(workers: number) {
    this.#workers = Array.from({ length: workers }, () => {
      const worker = startThread(new URL('./picture-worker.js', import.meta.url));
      // An idle worker must not keep the program alive.
      worker.unref();
      return worker;
    });
  }

  /** How many jobs run at once. */
  get width(): number {
    return this.#workers.length;
  }

  /**
   * Results in the order of the jobs. A job is taken only when a thread is free for it. Rejects
   * with VsrError `media` where a worker fails.
   */
  async *make(jobs: Iterable<PictureJob>): AsyncGenerator<PictureResult> {
    const iterator = jobs[Symbol.iterator]();
    const free = [...this.#workers];
    const inFlight: Promise<PictureResult>[] = [];
    const start = () => {
      const worker = free.shift();
      const job = worker === undefined ? undefined : iterator.next();
      if (worker === undefined || job === undefined || job.done === true) return false;
      const result = ask(worker, job.value).finally(() => free.push(worker));
      result.catch(() => {}); // Thrown below, when its turn comes.
      inFlight.push(result);
      return true;
    };
    try {
      while (start());
      while (inFlight.length > 0) {
        const result = await inFlight.shift()!;
        while (start());
        yield result;
      }
    } finally {
      await Promise.allSettled(inFlight);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function ask(worker: Worker, job: PictureJob): Promise<PictureResult> {
  worker.ref();
  worker.postMessage(job);
  const [answer] = (await once(worker, 'message')) as [PictureAnswer];
  worker.unref();
  if ('failed' in answer) throw new VsrError('media', answer.failed);
  return answer;
}
