import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { VsrError } from '../../errors.js';
import type { Job, JobOptions, JobPace, JobState } from './job.js';
import type { JobChange, JobRun, QueueWork } from './job-run.js';
import type { QueueStore } from './queue-store.js';

/** What those who watch a queue are told; `job: null` says that it was removed. */
export type QueueChange =
  | { readonly kind: 'job'; readonly id: string; readonly job: Job | null }
  | { readonly kind: 'pace'; readonly id: string; readonly pace: JobPace; readonly frames: number }
  | { readonly kind: 'order'; readonly order: readonly string[]; readonly paused: boolean };

/**
 * Another process may need so long, in milliseconds, to let go of a clip that it was stopped over.
 */
const busyRetryMs = 3000;
const busyTries = 5;

/** What is asked of a job that is in one of these states, and the state it gets. */
const requests = {
  pause: { from: ['waiting', 'running'], to: 'paused' },
  resume: { from: ['paused'], to: 'waiting' },
  cancel: { from: ['waiting', 'running', 'paused'], to: 'cancelled' },
  retry: { from: ['failed', 'cancelled', 'done'], to: 'waiting' },
} as const satisfies Record<string, { from: readonly JobState[]; to: JobState }>;

/** What can be asked of a job. */
export type JobRequest = keyof typeof requests;
export const jobRequests = Object.keys(requests) as readonly JobRequest[];

/** Works off clips, one at a time, in an order that can be changed; every change is on disk. */
export class Queue implements AsyncDisposable {
  readonly #store: QueueStore;
  readonly #work: QueueWork;
  readonly #jobs = new Map<string, Job>();
  readonly #listeners = new Set<(change: QueueChange) => void>();
  /** The job under way, and the state that it gets when it was stopped. */
  #current: { readonly id: string; readonly run: JobRun; after: JobState } | null = null;
  #planning: { readonly id: string; readonly run: JobRun } | null = null;
  readonly #planned = new Set<string>();
  #paused: boolean;
  #isClosed = false;
  /** Writes follow one another. */
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  private constructor(store: QueueStore, jobs: readonly Job[], paused: boolean, work: QueueWork) {
    this.#store = store;
    this.#work = work;
    this.#paused = paused;
    for (const job of jobs) this.#jobs.set(job.id, job);
  }

  /** Opens the queue in a store; what was running when it stopped is first in turn again. */
  static async open(store: QueueStore, work: QueueWork): Promise<Queue> {
    const { jobs, paused } = await store.load();
    const queue = new Queue(store, jobs, paused, work);
    for (const job of jobs) {
      if (job.state === 'running') queue.#update(job.id, { state: 'waiting' });
    }
    queue.#turn();
    return queue;
  }

  /** All jobs, first to last. */
  get jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  get paused(): boolean {
    return this.#paused;
  }

  job(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new VsrError('option', `There is no job ${id} in the queue.`);
    return job;
  }

  /** Tells `listener` of every change until the function that is returned is called. */
  listen(listener: (change: QueueChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Adds clips at the end; one that is waiting with the same options already is not added again.
   */
  add(inputs: readonly string[], options: JobOptions): Job[] {
    const wanted = JSON.stringify(options);
    const open = this.jobs.filter(({ state }) => ['waiting', 'running', 'paused'].includes(state));
    const known = new Set(
      open.filter((job) => JSON.stringify(job.options) === wanted).map(({ input }) => input),
    );
    const added = inputs
      .filter((input) => !known.has(input))
      .map((input) => newJob(input, options));
    for (const job of added) {
      this.#jobs.set(job.id, job);
      this.#keep(job);
    }
    this.#tellOrder();
    this.#turn();
    return added;
  }

  /** Puts a job before another one, or last. */
  move(id: string, before: string | null): void {
    const job = this.job(id);
    if (before === id) return;
    if (before !== null) this.job(before);
    const others = this.jobs.filter((each) => each.id !== id);
    const place = before === null ? others.length : others.findIndex((each) => each.id === before);
    others.splice(place, 0, job);
    this.#jobs.clear();
    for (const each of others) this.#jobs.set(each.id, each);
    this.#tellOrder();
  }

  /** Changes what becomes of a job. Throws VsrError `option` where its state does not allow it. */
  request(id: string, request: JobRequest): void {
    const { from, to } = requests[request];
    const { state } = this.job(id);
    if (!(from as readonly JobState[]).includes(state)) {
      throw new VsrError('option', `A job that is ${state} cannot be asked to ${request}.`);
    }
    if (this.#current?.id === id) {
      // It keeps its state until its process has ended.
      this.#current.after = to;
      this.#current.run.stop();
      return;
    }
    const again = request === 'retry' ? { error: null, frames: 0, notes: [] } : {};
    this.#update(id, { state: to, ...again });
    this.#turn();
  }

  /** Takes a job that is not running out of the queue; what it made stays. */
  remove(id: string): void {
    if (this.#current?.id === id) {
      throw new VsrError('option', 'A running job cannot be removed: pause or cancel it first.');
    }
    this.job(id);
    this.#jobs.delete(id);
    if (this.#planning?.id === id) this.#planning.run.stop();
    this.#write(() => this.#store.remove(id), { kind: 'job', id, job: null });
    this.#tellOrder();
  }

  /** Stops after nothing: the job under way is paused with the queue, and goes on with it. */
  pause(paused: boolean): void {
    this.#paused = paused;
    if (paused && this.#current !== null) {
      this.#current.after = 'waiting';
      this.#current.run.stop();
    }
    this.#tellOrder();
    this.#turn();
  }

  /** Settles once everything said so far is on disk; rejects where that failed. */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Settles once nothing is left to do. */
  async idle(): Promise<void> {
    const isIdle = (): boolean =>
      this.#current === null && !this.jobs.some(({ state }) => state === 'waiting');
    if (isIdle()) return;
    await new Promise<void>((resolve) => {
      const leave = this.listen(() => {
        if (!isIdle()) return;
        leave();
        resolve();
      });
    });
  }

  /** Stops what runs, which is first in turn when the queue is opened again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const runs = [this.#current?.run, this.#planning?.run].filter((run) => run !== undefined);
    if (this.#current !== null) this.#current.after = 'waiting';
    for (const run of runs) run.stop();
    await Promise.all(runs.map((run) => run.ended));
    await this.#writing;
  }

  /** Begins what is to begin now. */
  #turn(): void {
    if (this.#isClosed) return;
    const next = this.jobs.find(({ state }) => state === 'waiting');
    if (this.#current === null && !this.#paused && next !== undefined) this.#start(next.id, 1);
    this.#planNext();
  }

  #start(id: string, attempt: number): void {
    const places = { log: this.#store.logOf(id), report: this.#store.reportOf(id) };
    this.#update(id, { state: 'running', error: null });
    const run = this.#work.enlarge(this.job(id), places, {
      change: (change) => this.#hear(id, change),
      pace: (pace) => this.#tell({ kind: 'pace', id, pace, frames: this.job(id).frames }),
    });
    // Stopped by anyone else, it waits until somebody says go on.
    const current = { id, run, after: 'paused' as JobState };
    this.#current = current;
    void run.ended.then((end) => {
      if (end === 'busy' && attempt < busyTries && !this.#isClosed) {
        setTimeout(() => this.#start(id, attempt + 1), busyRetryMs);
        return;
      }
      this.#current = null;
      const state = end === 'interrupted' ? current.after : end === 'done' ? 'done' : 'failed';
      this.#update(id, { state, hasReport: end === 'done' && existsSync(places.report) });
      this.#turn();
    });
  }

  /** Finds out about clips that wait, one after the other, so that the time for all can be told. */
  #planNext(): void {
    if (this.#planning !== null || this.#isClosed) return;
    const next = this.jobs.find(
      ({ id, state, pixels }) => state === 'waiting' && pixels === null && !this.#planned.has(id),
    );
    if (next === undefined) return;
    this.#planned.add(next.id);
    const listener = {
      change: (change: JobChange) => this.#hear(next.id, change),
      pace: () => {},
    };
    const run = this.#work.planJob(next, listener);
    this.#planning = { id: next.id, run };
    void run.ended.then(() => {
      this.#planning = null;
      this.#planNext();
    });
  }

  /** Frames alone change often: they are kept when something else does. */
  #hear(id: string, change: JobChange): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    const onlyFrames = Object.keys(change).every((key) => key === 'frames' || key === 'of');
    if (onlyFrames) this.#jobs.set(id, { ...job, ...change });
    else this.#update(id, change);
  }

  #update(id: string, change: Partial<Job>): void {
    const job = { ...this.job(id), ...change };
    this.#jobs.set(id, job);
    this.#keep(job);
  }

  #keep(job: Job): void {
    this.#write(() => this.#store.writeJob(job), { kind: 'job', id: job.id, job });
  }

  #tellOrder(): void {
    const head = { order: [...this.#jobs.keys()], paused: this.#paused };
    this.#write(() => this.#store.writeHead(head), { kind: 'order', ...head });
  }

  #tell(change: QueueChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** A change is told once it is on disk: what was seen on the page survives a power cut. */
  #write(write: () => Promise<void>, change: QueueChange): void {
    this.#writing = this.#writing
      .then(write)
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .then(() => this.#tell(change));
  }
}

function newJob(input: string, options: JobOptions): Job {
  return {
    ...{ id: randomBytes(8).toString('hex'), input, options, state: 'waiting' },
    added: new Date().toISOString(),
    ...{ output: null, frames: 0, of: null, pixels: null, size: null, bytes: null, models: [] },
    ...{ notes: [], error: null, hasReport: false },
  };
}
