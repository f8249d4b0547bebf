import type { JobContext } from '../../upscale/segments/job-context.js';
import { openNetwork, type OpenNetwork } from '../../upscale/segments/segment-tools.js';

/**
 * Keeps the network of the last job open, because opening one takes as long as enlarging many
 * frames. It is lent to one run at a time.
 */
export class NetworkShelf implements AsyncDisposable {
  readonly #open: typeof openNetwork;
  #kept: { readonly key: string; readonly network: OpenNetwork } | null = null;

  /** `open` opens the network of a job. */
  constructor(open = openNetwork) {
    this.#open = open;
  }

  /**
   * Lends the network of a job. Disposing gives it back, and keeps it for the next run of the same
   * job, unless this one was aborted: then it is closed.
   */
  async lend(job: JobContext): Promise<OpenNetwork> {
    const { plan } = job;
    const { reuse, provider } = plan.settings;
    // The provider is in the key, because a job whose device was lost goes on with the CPU.
    const key = `${plan.job} ${reuse} ${provider.name}`;
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null && kept.key !== key) await kept.network[Symbol.asyncDispose]();
    // The network outlives the job, so the job's signal must not close it.
    const signal = new AbortController().signal;
    const network = kept?.key === key ? kept.network : await this.#open({ ...job, signal });
    return {
      upscaler: network.upscaler,
      [Symbol.asyncDispose]: async () => {
        if (job.signal.aborted) return network[Symbol.asyncDispose]();
        this.#kept = { key, network };
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept?.network[Symbol.asyncDispose]();
    this.#kept = null;
  }
}
