import os from 'node:os';
import type { Worker } from 'node:worker_threads';
import { messageOf, VsrError } from '../errors.js';
import type { Precision } from '../model/runtime/precision.js';
import type { ProviderCandidate } from '../model/runtime/providers.js';
import { endThread, startThread } from '../start-thread.js';
import { deviceHangs, longestDeviceFrameMs } from './device-failure.js';
import type { EnlargedFrame, EnlargerSpec, WhatRuns } from './frame-enlarger.js';
import { again, others, readyOf, runningFailure, stopped, withoutNetwork } from './pool-threads.js';
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

/**
 * What a thread does of the frames that it is given. On a device that runs a network on luma, one
 * thread does nothing but the network, so that the device waits for nothing else, and others do the
 * rest.
 */
type Share = 'all' | 'network' | 'rest';

type Member = {
  readonly worker: Worker;
  readonly share: Share;
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
   * Starts `count` threads. The first finds the provider; on the CPU, the others run there too. On
   * another device it has the only session (WebGPU hangs where two threads have one each:
   * onnxruntime-node 1.30 over a software Vulkan), and `count` threads beside it do all but the
   * network. A CUDA device gets a second one, so that it computes while the first copies, if its
   * memory allows. Networks on RGB make whole frames: there the first thread is the only one.
   * Rejects with VsrError `provider` or `model`.
   */
  static async open(
    work: Omit<EnlargerSpec, 'stop'>,
    count: number,
    deviceFrameMs = longestDeviceFrameMs,
  ): Promise<WorkerPool> {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const spec: EnlargerSpec = { ...work, stop };
    const onlyCpu = spec.candidates.every(({ name }) => name === 'cpu');
    const members: Member[] = [];
    const start = async (share: Share, workerData: EnlargerSpec): Promise<WhatRuns> => {
      const worker = startThread(new URL('./upscale-worker.js', import.meta.url), { workerData });
      const member = { worker, share, current: null };
      members.push(member);
      return readyOf(worker).catch(async (error: unknown) => {
        members.splice(members.indexOf(member), 1);
        await endThread(worker);
        throw error;
      });
    };
    try {
      const splits = !onlyCpu && spec.graph.colour === 'luma';
      const first = start(splits ? 'network' : 'all', spec);
      const early = onlyCpu ? others(count - 1, () => start('all', spec)) : [];
      const [runs] = await Promise.all([first, ...early]);
      if (runs.provider.name === 'cpu' && !onlyCpu) {
        members[0] = { ...members[0]!, share: 'all' };
        const candidates = [runs.provider];
        await Promise.all(others(count - 1, () => start('all', { ...spec, candidates })));
      } else if (splits) {
        await Promise.all(others(count, () => start('rest', withoutNetwork(spec, runs))));
        // Where the device has no memory for another session, the first remains alone.
        if (runs.provider.name === 'cuda')
          await start('network', again(spec, runs)).catch(() => {});
      }
      return new WorkerPool(members, spec, runs, deviceFrameMs);
    } catch (error) {
      await Promise.all(members.map(({ worker }) => endThread(worker)));
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
    const splits = this.#members.some(({ share }) => share === 'network');
    const helping = splits ? 1 : whole ? Math.max(0, idle - 1) : 0;
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
      const at = this.#queue.findIndex(({ job }) => canDo(member, job));
      if (at < 0) continue;
      const [next] = this.#queue.splice(at, 1) as [Waiting];
      member.current = next;
      if (this.provider.name !== 'cpu' && member.share !== 'rest') this.#watch(member);
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

/** Whether a thread may do a job: that of a thread with the network alone is to help. */
function canDo({ share }: Member, { helps }: FrameJob): boolean {
  return share === 'all' || (share === 'network') === helps;
}

function tell(worker: Worker, order: WorkerOrder): void {
  worker.postMessage(order);
}
