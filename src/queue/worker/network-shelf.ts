import type { JobContext } from '../../upscale/segments/job-context.js';
import { openNetwork, type OpenNetwork } from '../../upscale/segments/segment-tools.js';

/**
 * Keeps the network of the job worked on last: opening one takes as long as many frames. One is
 * lent at a time.
 */
export class NetworkShelf implements AsyncDisposable {
  #kept: { readonly key: string; readonly network: OpenNetwork } | null = null;

  /**
   * Lends the network of a job; what is given back serves the next run of the same job. One that is
   * under way when the job is aborted is not kept.
   */
  async lend(job: JobContext): Promise<OpenNetwork> {
    const { plan } = job;
    const { reuse, provider } = plan.settings;
    // A device that was lost is not lent again where the CPU is to go on.
    const key = `${plan.job} ${reuse} ${provider.name}`;
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null && kept.key !== key) await kept.network[Symbol.asyncDispose]();
    // Its frames are waited for when a job stops: the network itself outlives the job.
    const signal = new AbortController().signal;
    const network = kept?.key === key ? kept.network : await openNetwork({ ...job, signal });
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
