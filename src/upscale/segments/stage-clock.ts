import type { StageSeconds } from '../../metrics/sidecar-schema.js';

/** What the main thread waits for, one after the other; together they are the time of its loop. */
export type Stage = 'decode' | 'wait' | 'encode' | 'log';

/** Adds up where the time of a run goes. */
export class StageClock {
  readonly #ms: Record<Stage, number> = { decode: 0, wait: 0, encode: 0, log: 0 };
  /** Time within other stages that is not to count twice. */
  #within = 0;

  /** Runs `work` on the account of `stage`, less what stages within it take. */
  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    const outer = this.#within;
    this.#within = 0;
    try {
      return await work();
    } finally {
      const all = performance.now() - begun;
      this.#ms[stage] += all - this.#within;
      this.#within = outer + all;
    }
  }

  /** So far, with what the threads of an upscaler have spent. */
  seconds(threads: {
    readonly inferenceMs: number;
    readonly chromaMs: number;
    readonly scoresMs: number;
  }): StageSeconds {
    const { decode, wait, encode, log } = this.#ms;
    return {
      decode: decode / 1000,
      wait: wait / 1000,
      encode: encode / 1000,
      log: log / 1000,
      inference: threads.inferenceMs / 1000,
      chroma: threads.chromaMs / 1000,
      scores: threads.scoresMs / 1000,
    };
  }
}

/** `items`, with the time that each takes to come on the account of `stage`. */
export async function* timedItems<T>(
  clock: StageClock,
  stage: Stage,
  items: AsyncIterable<T>,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await clock.time(stage, () => iterator.next());
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}
