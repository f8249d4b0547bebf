import os from 'node:os';
import type { Worker } from 'node:worker_threads';
import { messageOf, passing, VsrError, type VsrErrorCode } from '../errors.js';
import type { Precision } from '../model/runtime/precision.js';
import type { ProviderCandidate } from '../model/runtime/providers.js';
import { endThread, startThread } from '../start-thread.js';
import { deviceHangs, longestDeviceFrameMs } from './device-failure.js';
import type { EnlargedFrame, EnlargerSpec } from './frame-enlarger.js';
import type { FrameJob, WorkerOrder, WorkerReply } from './upscale-worker.js';

type Waiting = {
  readonly job: FrameJob;
  readonly resolve: (result: EnlargedFrame) => void;
  readonly reject: (error: Error) => void;
};

/**
 * Samples of source luma that each thread should have to work on: with fewer, its start (a third of
 * a second) costs more than it saves.
 */
const samplesPerThread = 500_000;

/**
 * Inference threads when the caller names no number: one per core, but no more than the work is
 * worth. `samples` are those of the source's luma in all frames; `null` where unknown.
 */
export function usefulWorkers(samples: number | null): number {
  const cores = os.availableParallelism();
  if (samples === null) return cores;
  return Math.max(1, Math.min(cores, Math.ceil(samples / samplesPerThread)));
}

/** The provider on which a thread's session runs, and its precision. */
type WhatRuns = { readonly provider: ProviderCandidate; readonly precision: Precision };

type Member = {
  readonly worker: Worker;
  current: Waiting | null;
  /** Runs while a device other than the CPU is at work: it fails the pool if the device hangs. */
  hangTimer?: NodeJS.Timeout;
};

/** Worker threads that take frames in the order given; each works on one at a time. */
export class WorkerPool implements AsyncDisposable {
  /** What really runs. */
  readonly provider: ProviderCandidate;
  readonly precision: Precision;
  readonly #members: Member[];
  readonly #queue: Waiting[] = [];
  readonly #stop: Int32Array;
  readonly #reuse: boolean;
  readonly #deviceFrameMs: number;
  #failure: Error | undefined;

  private constructor(
    members: Member[],
    spec: EnlargerSpec,
    runs: WhatRuns,
    deviceFrameMs: number,
  ) {
    this.#deviceFrameMs = deviceFrameMs;
    this.#members = members;
    this.#stop = spec.stop;
    this.#reuse = spec.reuse;
    this.provider = runs.provider;
    this.precision = runs.precision;
    for (const member of members) this.#listenTo(member);
  }

  /**
   * Starts up to `count` threads. The first finds the provider. On the CPU, the others run there
   * too. On another device there is only one thread: it keeps the device busy, and WebGPU hangs
   * where two threads have a session each (onnxruntime-node 1.30 over a software Vulkan). Rejects
   * with VsrError `provider` or `model`.
   */
  static async open(
    work: Omit<EnlargerSpec, 'stop'>,
    count: number,
    deviceFrameMs = longestDeviceFrameMs,
  ): Promise<WorkerPool> {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const spec: EnlargerSpec = { ...work, stop };
    const onlyCpu = spec.candidates.every(({ name }) => name === 'cpu');
    const started: Worker[] = [];
    const start = async (candidates: readonly ProviderCandidate[]): Promise<WhatRuns> => {
      const workerData: EnlargerSpec = { ...spec, candidates };
      const worker = startThread(new URL('./upscale-worker.js', import.meta.url), { workerData });
      started.push(worker);
      return readyOf(worker);
    };
    try {
      const first = start(spec.candidates);
      const early = onlyCpu ? others(count - 1, () => start(spec.candidates)) : [];
      const [runs] = await Promise.all([first, ...early]);
      if (!onlyCpu && runs.provider.name === 'cpu') {
        await Promise.all(others(count - 1, () => start([runs.provider])));
      }
      const members = started.map((worker) => ({ worker, current: null }));
      return new WorkerPool(members, spec, runs, deviceFrameMs);
    } catch (error) {
      await Promise.all(started.map((worker) => endThread(worker)));
      throw error;
    }
  }

  /**
   * Enlarges a frame as soon as a thread is free. Idle threads help with frames that are computed
   * whole, such as the first.
   */
  async run(job: Omit<FrameJob, 'helps'>): Promise<EnlargedFrame> {
    const idle = this.#members.filter(({ current }) => current === null).length;
    const whole = job.before === null || !this.#reuse;
    const helping = whole ? Math.max(0, idle - 1) : 0;
    const made = this.#give({ ...job, helps: false });
    const helpers = Array.from({ length: helping }, () => this.#give({ ...job, helps: true }));
    // No thread may still use the frame's memory when the result is handed back.
    await Promise.allSettled([made, ...helpers]);
    // Report the helper's error first: it knows the cause; the waiter only knows that something
    // failed.
    const helped = await Promise.all(helpers);
    const result = await made;
    const inferenceMs = [result, ...helped].reduce(
      (sum, { timings }) => sum + timings.inferenceMs,
      0,
    );
    return { ...result, timings: { ...result.timings, inferenceMs } };
  }

  #give(job: FrameJob): Promise<EnlargedFrame> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#dispatch();
    });
  }

  /** Stops all threads; frames under way are rejected with `reason`. */
  async stop(reason: Error): Promise<void> {
    this.#fail(reason);
    await Promise.all(this.#members.map(({ worker }) => endThread(worker)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(new VsrError('interrupted', 'The upscaler was closed.'));
  }

  #listenTo(member: Member): void {
    const { worker } = member;
    worker.on('message', (reply: WorkerReply) => {
      const waiting = member.current;
      clearTimeout(member.hangTimer);
      member.current = null;
      if (reply.kind === 'done') waiting?.resolve(reply.result);
      else if (reply.kind === 'failed') waiting?.reject(runningFailure(reply));
      this.#dispatch();
    });
    worker.on('error', (error) => this.#fail(stopped(messageOf(error), error)));
    worker.on('exit', (code) => this.#fail(stopped(`it ended with exit code ${code}`)));
  }

  #dispatch(): void {
    for (const member of this.#members) {
      if (member.current !== null) continue;
      const next = this.#queue.shift();
      if (next === undefined) return;
      member.current = next;
      if (this.provider.name !== 'cpu') this.#watch(member);
      tell(member.worker, next.job);
    }
  }

  /** Fails the pool if the member's device takes too long: a thread that hangs never answers. */
  #watch(member: Member): void {
    const limit = this.#deviceFrameMs;
    member.hangTimer = setTimeout(() => this.#fail(deviceHangs(this.provider, limit)), limit);
  }

  /** Rejects all frames: once a thread is lost, the others may wait forever for its frame. */
  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    Atomics.store(this.#stop, 0, 1);
    const waiting = this.#members.flatMap(({ current }) => current ?? []);
    for (const { reject } of [...waiting, ...this.#queue.splice(0)]) reject(error);
    for (const member of this.#members) {
      clearTimeout(member.hangTimer);
      member.current = null;
      tell(member.worker, null);
    }
  }
}

function tell(worker: Worker, order: WorkerOrder): void {
  worker.postMessage(order);
}

function others<T>(count: number, start: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: Math.max(0, count) }, start);
}

/** The failure of a frame, as an error. A device that failed may work again on another try. */
function runningFailure({ code, message }: { code: VsrErrorCode; message: string }): VsrError {
  const error = new VsrError(code, message);
  return code === 'provider' ? passing(error) : error;
}

function stopped(reason: string, cause?: unknown): VsrError {
  return new VsrError(
    'provider',
    `An inference thread stopped: ${reason}. Was memory short? Try fewer --workers.`,
    { cause },
  );
}

/** What a new thread runs on, once its session is open. */
function readyOf(worker: Worker): Promise<WhatRuns> {
  return new Promise((resolve, reject) => {
    // Only the first of these counts; a settled promise ignores the rest.
    worker.once('message', (reply: WorkerReply) => {
      if (reply.kind === 'ready') resolve(reply);
      else if (reply.kind === 'failed') reject(new VsrError(reply.code, reply.message));
    });
    worker.once('error', (error) => reject(stopped(messageOf(error), error)));
    worker.once('exit', (code) =>
      reject(stopped(`it ended with exit code ${code} while starting`)),
    );
  });
}
