import type { Job, Worker } from 'bullmq';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { messageOf, VsrError } from '../../errors.js';
import { queueName } from '../fingerprint.js';
import { describeJob, jobKinds, payloadOf, type Payload } from '../job/payload.js';
import { controlChannel, QueueBook, type WorkerEntry } from '../redis/book.js';
import { MOST_STALLS, queueTimes } from '../times.js';
import { verdictOn, type StopReason } from './failure.js';
import { ClipJobs } from './clip-jobs.js';
import { endClip } from './end-clip.js';
import { FastFailures } from './fast-failures.js';
import { isForOthers } from './is-for-others.js';
import { servedRoots } from './open-clip.js';
import { selfCheck } from './self-check.js';
import type { WorkerRequest } from './worker-request.js';

/** A job under way. */
type UnderWay = {
  readonly clip: string;
  readonly stop: AbortController;
  reason: StopReason | null;
};

/**
 * One process that takes jobs of its fingerprint's queue, one at a time, until it is asked to end.
 */
export class QueueWorker {
  readonly #request: WorkerRequest;
  readonly #book: QueueBook;
  readonly #jobs: ClipJobs;
  readonly #failures = new FastFailures();
  readonly #underWay = new Map<string, UnderWay>();
  readonly #worker: Worker;
  #entry: WorkerEntry;
  /** What is wrong with this machine, where the worker ends because of that. */
  #broken: string | null = null;
  /** Ends the worker. */
  #ended: () => void = () => {};

  constructor(request: WorkerRequest) {
    const { connection, fingerprint, workshop } = request;
    const { bull } = connection.libraries;
    const times = queueTimes();
    this.#request = request;
    this.#book = new QueueBook(connection.redis);
    this.#jobs = new ClipJobs(workshop, this.#book, fingerprint.id);
    this.#entry = {
      // Random, because two machines may have the same name, and two processes the same number.
      id: randomBytes(6).toString('hex'),
      name: `${os.hostname()}:${process.pid}`,
      fingerprint: fingerprint.id,
      roots: servedRoots(workshop),
      since: new Date().toISOString(),
      ...{ doing: null, segmentsDone: 0, failures: 0, clockMs: 0 },
    };
    this.#worker = new bull.Worker(
      queueName(fingerprint.id),
      (job, token) => this.#process(job, token ?? ''),
      {
        connection: connection.options,
        name: this.#entry.id,
        autorun: false,
        lockDuration: times.lockMs,
        stalledInterval: times.stalledMs,
        maxStalledCount: MOST_STALLS,
        drainDelay: Math.max(1, Math.round(times.socketMs / 3000)),
        skipVersionCheck: true,
      },
    );
    this.#worker.on('error', (error) => this.#tellTrouble(error));
    // By itself BullMQ would go on with a job whose lock is lost, while another worker begins it.
    this.#worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#stop(id, 'lock lost');
    });
  }

  /** Works until it is asked to end. Throws VsrError `queue` where its machine has a fault. */
  async run(): Promise<void> {
    const { connection, drain, signal } = this.#request;
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    const onDrain = (): void => {
      // A server that is away, or goes away now, is not waited for: other workers will make what
      // is under way.
      connection.stopReconnecting();
      if (drain === 'giveback')
        for (const id of this.#underWay.keys()) this.#stop(id, 'given back');
      this.#ended();
    };
    if (signal.aborted) onDrain();
    signal.addEventListener('abort', onDrain, { once: true });
    try {
      await this.#workUntil(ended);
    } catch (error) {
      // It could not start without the server; now that it is to end, that is no error.
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', onDrain);
    }
    if (this.#broken === null) return;
    throw new VsrError(
      'queue',
      `This worker takes itself out: ${this.#broken.replace(/\.?$/, '.')} Its jobs go to others. Start it again once that is mended.`,
    );
  }

  async #workUntil(ended: Promise<void>): Promise<void> {
    const { connection, fingerprint, tell } = this.#request;
    await this.#book.noteFingerprint(fingerprint);
    const hearing = await this.#hear();
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.#beat();
      timer = setInterval(() => void this.#beat().catch(() => {}), queueTimes().heartbeatMs);
      const running = this.#worker.run();
      running.catch(() => {}); // Its errors come as 'error' events.
      tell({ type: 'ready', name: this.#entry.name });
      await ended;
      await this.#close();
    } finally {
      clearInterval(timer);
      hearing.disconnect();
      await this.#jobs[Symbol.asyncDispose]();
      const gone = this.#book.strikeOff(this.#entry.id).catch(() => {});
      if (connection.redis.status === 'ready') await gone;
    }
  }

  /** Takes no more jobs. Waits for the one under way as long as the server can be reached. */
  async #close(): Promise<void> {
    const { redis } = this.#request.connection;
    if (redis.status !== 'ready') return this.#worker.close(true);
    // BullMQ's close() never resolves if it ends a connection that is being made again.
    const lost = new Promise<void>((resolve) => redis.once('end', resolve));
    await Promise.race([this.#worker.close(), lost]);
  }

  /** Listens for clips to stop work on; Redis needs a connection of its own for that. */
  async #hear() {
    const { libraries, options } = this.#request.connection;
    const hearing = new libraries.Redis(options);
    hearing.on('error', () => {});
    await hearing.subscribe(controlChannel);
    hearing.on('message', (_, clip: string) => {
      for (const [id, job] of this.#underWay) if (job.clip === clip) this.#stop(id, 'cancelled');
    });
    return hearing;
  }

  #stop(id: string, reason: StopReason): void {
    const job = this.#underWay.get(id);
    if (job === undefined) return;
    job.reason ??= reason;
    job.stop.abort();
  }

  async #beat(): Promise<void> {
    const before = Date.now();
    const server = await this.#book.now();
    const clockMs = Math.round((before + Date.now()) / 2 - server);
    this.#entry = { ...this.#entry, clockMs };
    await this.#book.noteWorker(this.#entry);
    if (this.#underWay.size === 0) await this.#jobs.tidy();
    // Messages that were sent while the connection was away are lost, so the book is asked as well.
    for (const [id, { clip }] of this.#underWay) {
      if ((await this.#book.state(clip)) === 'cancelled') this.#stop(id, 'cancelled');
    }
  }

  #troubleAt = -Infinity;
  #tellTrouble(error: Error): void {
    // Once a minute is enough: while a server is away, every attempt to reach it fails.
    if (performance.now() - this.#troubleAt < 60_000) return;
    this.#troubleAt = performance.now();
    this.#request.tell({ type: 'trouble', message: messageOf(error) });
  }

  async #process(job: Job, token: string): Promise<unknown> {
    const id = job.id ?? '';
    const begunAt = performance.now();
    const under: UnderWay = { clip: '', stop: new AbortController(), reason: null };
    let what = `${job.name} ${id}`;
    let clip: string | null = null;
    try {
      const payload = payloadOf(job.data);
      clip = payload.clip;
      this.#underWay.set(id, { ...under, clip });
      what = describeJob(job.name, payload);
      this.#entry = { ...this.#entry, doing: what };
      await this.#work(job, payload, what);
      this.#failures.succeeded();
      return {};
    } catch (error) {
      const reason = this.#underWay.get(id)?.reason ?? null;
      this.#underWay.delete(id);
      return await this.#fail({
        job,
        token,
        what,
        clip,
        error,
        reason,
        ms: performance.now() - begunAt,
      });
    } finally {
      this.#underWay.delete(id);
      this.#entry = { ...this.#entry, doing: null };
    }
  }

  async #work(job: Job, payload: Payload, what: string): Promise<void> {
    const { tell } = this.#request;
    const id = job.id ?? '';
    const kind = jobKinds.find((known) => known === job.name);
    if (kind === undefined) throw new VsrError('queue', `There is no kind of job ${job.name}.`);
    if (kind === 'release') return this.#jobs.release(payload);
    const state = await this.#book.state(payload.clip);
    if (state === 'cancelled' || state === 'failed') {
      this.#stop(id, 'cancelled');
      throw new VsrError('interrupted', `The clip was ${state}.`);
    }
    const startedAt = performance.now();
    tell({ type: 'begun', what });
    const { signal } = this.#underWay.get(id)!.stop;
    const made = await this.#jobs.do(kind, payload, signal);
    this.#entry = { ...this.#entry, segmentsDone: this.#entry.segmentsDone + made };
    tell({ type: 'done', what, seconds: (performance.now() - startedAt) / 1000 });
  }

  /** Decides what becomes of a job that failed; BullMQ learns it from the error thrown here. */
  async #fail({ job, token, what, clip, error, reason, ms }: Failed): Promise<never> {
    const { bull } = this.#request.connection.libraries;
    const { tell, workshop } = this.#request;
    if (reason === 'cancelled') throw new bull.UnrecoverableError('cancelled');
    if (reason === 'lock lost') {
      const why = 'its lock was lost: another worker has begun it';
      tell({ type: 'given back', what, why });
      throw new Error(why);
    }
    if (reason === 'given back') return this.#giveBack(job, token, what, 'this worker ends');
    const verdict = verdictOn(error);
    if (verdict.kind === 'wait') {
      await job.moveToDelayed(Date.now() + queueTimes().stalledMs, token);
      throw new bull.DelayedError();
    }
    this.#entry = { ...this.#entry, failures: this.#entry.failures + 1 };
    this.#jobs.forget();
    const isRefusal = error instanceof VsrError && error.code === 'queue';
    // Before the clip counts as failed, the worker checks whether its own machine has a fault.
    const broken = isRefusal ? null : await selfCheck(workshop);
    if (broken !== null) {
      this.#takeOut(broken);
      return this.#giveBack(job, token, what, broken);
    }
    if (isRefusal && (await isForOthers(job, this.#entry, this.#book))) {
      await job.moveToDelayed(Date.now() + queueTimes().stalledMs, token);
      tell({ type: 'given back', what, why: verdict.cause });
      throw new bull.DelayedError();
    }
    tell({ type: 'failed', what, verdict });
    const last = verdict.kind === 'final' || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    if (last && clip !== null && job.name !== 'release')
      await endClip({ job, book: this.#book, jobs: this.#jobs, cause: verdict.cause });
    if (!isRefusal && this.#failures.failed(clip ?? '', ms)) {
      this.#takeOut(
        `one clip after another fails on it at once, the last one with: ${verdict.cause}`,
      );
    }
    if (verdict.kind === 'final') throw new bull.UnrecoverableError(verdict.cause);
    throw new Error(verdict.cause);
  }

  async #giveBack(job: Job, token: string, what: string, why: string): Promise<never> {
    const { tell, connection } = this.#request;
    await job.moveToWait(token);
    tell({ type: 'given back', what, why });
    throw new connection.libraries.bull.WaitingError();
  }

  #takeOut(why: string): void {
    this.#broken ??= why;
    this.#request.connection.stopReconnecting();
    this.#ended();
  }
}

/** A job that failed. */
type Failed = {
  readonly job: Job;
  readonly token: string;
  readonly what: string;
  /** The clip's name; `null` where the payload could not be read. */
  readonly clip: string | null;
  readonly error: unknown;
  readonly reason: StopReason | null;
  /** Milliseconds since it began. */
  readonly ms: number;
};
