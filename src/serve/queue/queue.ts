import { existsSync } from 'node:fs';
import { VsrError } from '../../errors.js';
import { type Job, type JobOptions, type JobPace, type JobState, newJob } from './job.js';
import type { JobChange, JobRun, QueueWork, RunEnd } from './job-run.js';
import { type JobRequest, requests } from './job-requests.js';
import { PlanAhead } from './plan-ahead.js';
import type { QueueStore } from './queue-store.js';

/** A change that listeners get; `job: null` where the job was removed. */
export type QueueChange =
  | { readonly kind: 'job'; readonly id: string; readonly job: Job | null }
  | { readonly kind: 'pace'; readonly id: string; readonly pace: JobPace; readonly frames: number }
  | { readonly kind: 'order'; readonly order: readonly string[]; readonly paused: boolean };

/** Milliseconds until the next try where another process has the clip, or the machines are away. */
const busyRetryMs = 3000;
const busyTries = 5;

/** A running job. */
type Running = {
  run: JobRun;
  /** The state that the job gets once it has been stopped. */
  after: JobState;
  isStopped: boolean;
};

/** How a queue runs its jobs. */
export type QueueWays = {
  /** Jobs that run at a time; default: 1. */
  readonly atOnce?: number;
  /** Whether no job begins before `hold(false)` is called; default: no. */
  readonly isHeld?: boolean;
};

/** Enlarges clips, one or a few at a time, in an order that can change; keeps all on disk. */
export class Queue implements AsyncDisposable {
  readonly #store: QueueStore;
  readonly #work: QueueWork;
  readonly #jobs = new Map<string, Job>();
  readonly #listeners = new Set<(change: QueueChange) => void>();
  readonly #atOnce: number;
  readonly #running = new Map<string, Running>();
  readonly #ahead: PlanAhead;
  /** Whether no job begins, since the machines that do the work cannot be reached. */
  #isHeld: boolean;
  #paused: boolean;
  #isClosed = false;
  /** Settles after the last write: files are written one after the other. */
  #writing: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  private constructor(
    store: QueueStore,
    { jobs, paused }: { readonly jobs: readonly Job[]; readonly paused: boolean },
    work: QueueWork,
    { atOnce = 1, isHeld = false }: QueueWays,
  ) {
    this.#store = store;
    this.#work = work;
    this.#paused = paused;
    this.#atOnce = atOnce;
    this.#isHeld = isHeld;
    this.#ahead = new PlanAhead(work, (id, change) => this.#hear(id, change));
    for (const job of jobs) this.#jobs.set(job.id, job);
  }

  /** Opens the queue in a store. A job that was running when the queue ended waits again. */
  static async open(store: QueueStore, work: QueueWork, ways: QueueWays = {}): Promise<Queue> {
    const kept = await store.load();
    const queue = new Queue(store, kept, work, ways);
    for (const job of kept.jobs) {
      if (job.state === 'running') queue.#update(job.id, { state: 'waiting' });
    }
    queue.#startNext();
    return queue;
  }

  /** All jobs, first to last. */
  get jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** The job with this id. Throws VsrError `option` where there is none. */
  job(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new VsrError('option', `There is no job ${id} in the queue.`);
    return job;
  }

  /** Calls `listener` with every change, until the returned function is called. */
  listen(listener: (change: QueueChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Adds clips at the end and returns the new jobs. A clip that waits, runs or is paused with the
   * same options is not added again.
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
    this.#startNext();
    return added;
  }

  /** Puts a job before the job `before`, or last. Throws VsrError `option` for unknown jobs. */
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

  /** Asks a job to pause, resume and so on. Throws VsrError `option` where its state forbids it. */
  request(id: string, request: JobRequest): void {
    const { from, to } = requests[request];
    const { state } = this.job(id);
    if (!(from as readonly JobState[]).includes(state)) {
      throw new VsrError('option', `A job that is ${state} cannot be asked to ${request}.`);
    }
    const running = this.#running.get(id);
    if (running !== undefined) {
      // It keeps its state until its process has ended.
      stop(running, to, 'take back');
      return;
    }
    const again = request === 'retry' ? { error: null, frames: 0, notes: [] } : {};
    this.#update(id, { state: to, ...again });
    this.#startNext();
  }

  /** Removes a job, not its output. Throws VsrError `option` where it is running or unknown. */
  remove(id: string): void {
    if (this.#running.has(id)) {
      throw new VsrError('option', 'A running job cannot be removed: pause or cancel it first.');
    }
    this.job(id);
    this.#jobs.delete(id);
    this.#ahead.forget(id);
    this.#write(() => this.#store.remove(id), { kind: 'job', id, job: null });
    this.#tellOrder();
  }

  /** Pauses or resumes the queue. Running jobs are stopped at once, and resumed with the queue. */
  pause(paused: boolean): void {
    this.#paused = paused;
    if (paused) for (const each of this.#running.values()) stop(each, 'waiting', 'take back');
    this.#tellOrder();
    this.#startNext();
  }

  /** Lets no job begin while `isHeld`: the machines are away. Running jobs wait by themselves. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#startNext();
  }

  /** Resolves once all changes so far are on disk; rejects where a write has failed. */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves once no job runs or waits. */
  async idle(): Promise<void> {
    const isIdle = (): boolean =>
      this.#running.size === 0 && !this.jobs.some(({ state }) => state === 'waiting');
    if (isIdle()) return;
    await new Promise<void>((resolve) => {
      const leave = this.listen(() => {
        if (!isIdle()) return;
        leave();
        resolve();
      });
    });
  }

  /**
   * Stops the running jobs, which run again when the queue is next opened. Clips that are in a
   * queue of many machines are left to these.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const running = [...this.#running.values()];
    for (const each of running) stop(each, 'waiting', 'leave');
    await Promise.all([this.#ahead.close(), ...running.map(({ run }) => run.ended)]);
    await this.#writing;
  }

  /** Starts as many jobs as may run now, and the next plan. */
  #startNext(): void {
    if (this.#isClosed) return;
    while (!this.#paused && !this.#isHeld && this.#running.size < this.#atOnce) {
      const next = this.jobs.find(({ state }) => state === 'waiting');
      if (next === undefined) break;
      this.#start(next.id, 1);
    }
    this.#ahead.next(() => this.jobs);
  }

  #start(id: string, attempt: number): void {
    const places = { log: this.#store.logOf(id), report: this.#store.reportOf(id) };
    this.#update(id, { state: 'running', error: null });
    const run = this.#work.enlarge(this.job(id), places, {
      change: (change) => this.#hear(id, change),
      pace: (pace) => this.#tell({ kind: 'pace', id, pace, frames: this.job(id).frames }),
    });
    // A job whose process was stopped from outside is paused, until someone resumes it.
    const running: Running = { run, after: 'paused', isStopped: false };
    this.#running.set(id, running);
    void run.ended.then((end) => {
      const canWait = end === 'away' || (end === 'busy' && attempt < busyTries);
      if (!canWait || this.#isClosed) this.#conclude(id, running, end);
      else {
        setTimeout(() => {
          if (this.#isClosed) return;
          if (running.isStopped) {
            // It no longer matters who had the clip.
            this.#hear(id, { error: null });
            this.#conclude(id, running, 'interrupted');
          } else if (end === 'away') this.#conclude(id, { ...running, after: 'waiting' }, end);
          else this.#start(id, attempt + 1);
        }, busyRetryMs);
      }
    });
  }

  #conclude(id: string, { after }: Running, end: RunEnd): void {
    this.#running.delete(id);
    const state = end === 'done' || end === 'failed' ? end : end === 'busy' ? 'failed' : after;
    const hasReport = end === 'done' && existsSync(this.#store.reportOf(id));
    this.#update(id, { state, hasReport, ...(end === 'away' ? { error: null } : {}) });
    this.#startNext();
  }

  /** Frame counts change often: they are written to disk only together with another change. */
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

  /** Writes a change, or notes the failure for `written`, and only then tells the listeners. */
  #write(write: () => Promise<void>, change: QueueChange): void {
    this.#writing = this.#writing
      .then(write)
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .then(() => this.#tell(change));
  }
}

function stop(running: Running, after: JobState, how: Parameters<JobRun['stop']>[0]): void {
  running.after = after;
  running.isStopped = true;
  running.run.stop(how);
}
