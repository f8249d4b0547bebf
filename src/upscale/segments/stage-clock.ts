import type { StageSeconds } from '../../metrics/sidecar-schema.js';

/** Stages of the main thread, one after the other; their sum is the time of its loop. */
export type Stage = 'decode' | 'wait' | 'encode' | 'log';

/** Adds up where the time of a run goes. */
export class StageClock {
  readonly #ms: Record<Stage, number> = { decode: 0, wait: 0, encode: 0, log: 0 };
  /** Milliseconds of nested stages, which must not count twice. */
  #within = 0;
  readonly #now: () => number;

  /** `now` gives the time in milliseconds; tests pass their own. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs `work` and adds its time to `stage`, without the time of stages within it. */
  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const begun = this.#now();
    const outer = this.#within;
    this.#within = 0;
    try {
      return await work();
    } finally {
      const all = this.#now() - begun;
      this.#ms[stage] += all - this.#within;
      this.#within = outer + all;
    }
  }

  /** The seconds so far, with those of an upscaler's threads. */
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

/** Passes `items` on, and adds the waiting time for each to `stage`. */
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
