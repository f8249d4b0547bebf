import type { Job } from './job.js';
import type { JobChange, JobRun, QueueWork } from './job-run.js';

/** Finds out about clips that wait, one after the other, so that the time for all can be told. */
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

  /** Begins with the first of `jobs` that nobody has looked at, unless one is looked at now. */
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

  /** Looks no longer at a job that was removed. */
  forget(id: string): void {
    if (this.#now?.id === id) this.#now.run.stop('leave');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#now?.run.stop('leave');
    await this.#now?.run.ended;
  }
}
