import type { Job } from './job.js';
import type { JobChange, JobRun, QueueWork } from './job-run.js';

/** Plans waiting clips one after the other, so that the time for all can be estimated. */
export class PlanAhead {
  readonly #work: QueueWork;
  readonly #hear: (id: string, change: JobChange) => void;
  readonly #planned = new Set<string>();
  #now: { readonly id: string; readonly run: JobRun } | null = null;
  #isClosed = false;

  constructor(work: QueueWork, hear: (id: string, change: JobChange) => void) {
    this.#work = work;
    this.#hear = hear;
  }

  /** Plans the first of `jobs` without a plan, and then the next, unless a plan is being made. */
  next(jobs: () => readonly Job[]): void {
    if (this.#now !== null || this.#isClosed) return;
    const next = jobs().find(
      ({ id, state, pixels }) => state === 'waiting' && pixels === null && !this.#planned.has(id),
    );
    if (next === undefined) return;
    const { id } = next;
    this.#planned.add(id);
    const run = this.#work.planJob(next, {
      change: (change) => this.#hear(id, change),
      pace: () => {},
    });
    this.#now = { id, run };
    void run.ended.then(() => {
      this.#now = null;
      this.next(jobs);
    });
  }

  /** Stops planning a job that was removed. */
  forget(id: string): void {
    if (this.#now?.id === id) this.#now.run.stop('leave');
  }

  /** Stops planning; resolves when no process runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#now?.run.stop('leave');
    await this.#now?.run.ended;
  }
}
