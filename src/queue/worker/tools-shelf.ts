import type { JobContext } from '../../upscale/segments/job-context.js';
import type { Segment } from '../../upscale/segments/segment-plan.js';
import { openSegmentTools, type SegmentTools } from '../../upscale/segments/segment-tools.js';
import { NetworkShelf } from './network-shelf.js';

/** Tools that are kept between two runs of segments. */
type Kept = {
  readonly tools: SegmentTools;
  /** Stops the decoder, which outlives the job that started it. */
  readonly stop: AbortController;
};

/**
 * Keeps the tools that the last run of segments was made with. If the next run is of the same clip,
 * its decoder goes on, as it does from segment to segment on one machine. The network is kept in
 * any case. Tools are lent to one run at a time.
 */
export class ToolsShelf implements AsyncDisposable {
  readonly #networks = new NetworkShelf();
  #kept: Kept | null = null;
  /** Resolves when the last decoder that was ended has closed. */
  #closing: Promise<void> = Promise.resolve();

  /**
   * Lends the tools that segments are made with, opened as by `openSegmentTools`. Disposing gives
   * them back, and keeps them for the next run of the very same plan, unless the job was aborted.
   */
  async lend(job: JobContext, segment: Segment, most: number, skip: number): Promise<SegmentTools> {
    if (this.#kept?.tools.job.plan !== job.plan) this.rest();
    const kept = this.#kept ?? (await this.#open(job, segment, most, skip));
    this.#kept = null;
    const { tools, stop } = kept;
    const stopForwarding = forwardAbort(job.signal, stop);
    return {
      ...tools,
      job,
      [Symbol.asyncDispose]: async () => {
        stopForwarding();
        const { settings } = job.plan;
        // With --frames or --reference, frames are counted from the beginning of a run.
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
    // How a decoder ends that is not needed any more does not matter.
    if (kept !== null)
      this.#closing = Promise.resolve(kept.tools[Symbol.asyncDispose]()).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.rest();
    await this.#closing;
    await this.#networks[Symbol.asyncDispose]();
  }

  async #open(job: JobContext, segment: Segment, most: number, skip: number): Promise<Kept> {
    // Only when the earlier tools are closed, their network is back on its shelf.
    await this.#closing;
    const stop = new AbortController();
    const lasting = { ...job, signal: stop.signal };
    const stopForwarding = forwardAbort(job.signal, stop);
    try {
      const tools = await openSegmentTools(lasting, segment, most, skip, (lent) =>
        this.#networks.lend(lent),
      );
      return { tools, stop };
    } finally {
      stopForwarding();
    }
  }
}

/** Aborts `to` when `from` fires, until the returned function is called. */
function forwardAbort(from: AbortSignal, to: AbortController): () => void {
  const onAbort = (): void => to.abort();
  if (from.aborted) onAbort();
  from.addEventListener('abort', onAbort, { once: true });
  return () => from.removeEventListener('abort', onAbort);
}
