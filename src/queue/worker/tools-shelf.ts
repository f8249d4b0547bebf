import type { JobContext } from '../../upscale/segments/job-context.js';
import type { Segment } from '../../upscale/segments/segment-plan.js';
import { openSegmentTools, type SegmentTools } from '../../upscale/segments/segment-tools.js';
import { NetworkShelf } from './network-shelf.js';

/** What segments were made with, between two runs. */
type Kept = {
  readonly tools: SegmentTools;
  /** Stops the decoder, which outlives the job that began it. */
  readonly stop: AbortController;
};

/**
 * Keeps what the last run of segments was made with: the decoder goes on where the next run of the
 * same clip follows, as it does on one machine, and the network serves the next run in any case.
 * One set is lent at a time.
 */
export class ToolsShelf implements AsyncDisposable {
  readonly #networks = new NetworkShelf();
  #kept: Kept | null = null;
  /** Resolves when what was put aside is closed. */
  #closing: Promise<void> = Promise.resolve();

  /**
   * Lends what segments are made with, as `openSegmentTools` opens it. Giving it back keeps it for
   * the next run that has the very same plan, unless its job was aborted meanwhile.
   */
  async lend(job: JobContext, segment: Segment, most: number, skip: number): Promise<SegmentTools> {
    if (this.#kept?.tools.job.plan !== job.plan) this.rest();
    const kept = this.#kept ?? (await this.#open(job, segment, most, skip));
    this.#kept = null;
    const { tools, stop } = kept;
    const leave = handOn(job.signal, stop);
    return {
      ...tools,
      job,
      [Symbol.asyncDispose]: async () => {
        leave();
        const { settings } = job.plan;
        // A limit of frames, and the ground truth, count from where a run began.
        const endsHere = settings.frames !== Infinity || settings.reference !== null;
        if (stop.signal.aborted || endsHere) await tools[Symbol.asyncDispose]();
        else this.#kept = kept;
      },
    };
  }

  /** Ends the decoder; the network stays. */
  rest(): void {
    const kept = this.#kept;
    this.#kept = null;
    // A decoder that is not wanted any more may end as it likes.
    if (kept !== null)
      this.#closing = Promise.resolve(kept.tools[Symbol.asyncDispose]()).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.rest();
    await this.#closing;
    await this.#networks[Symbol.asyncDispose]();
  }

  async #open(job: JobContext, segment: Segment, most: number, skip: number): Promise<Kept> {
    // The network comes back with what is closed.
    await this.#closing;
    const stop = new AbortController();
    const lasting = { ...job, signal: stop.signal };
    const leave = handOn(job.signal, stop);
    try {
      const tools = await openSegmentTools(lasting, segment, most, skip, (lent) =>
        this.#networks.lend(lent),
      );
      return { tools, stop };
    } finally {
      leave();
    }
  }
}

/** Hands an abort on until the function that it returns is called. */
function handOn(from: AbortSignal, to: AbortController): () => void {
  const onAbort = (): void => to.abort();
  if (from.aborted) onAbort();
  from.addEventListener('abort', onAbort, { once: true });
  return () => from.removeEventListener('abort', onAbort);
}
