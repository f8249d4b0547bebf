import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Discriminator } from '../../model/discriminators/discriminator.js';
import { channelsOf, type Network, parameterCount } from '../../model/language/network.js';
import type { ProviderCandidate } from '../../model/runtime/providers.js';
import { endThread, startThread } from '../../start-thread.js';
import type { MicroBatch } from './gradient-graph.js';
import type { FeatureSource } from './feature-source.js';
import type { Loss } from './loss.js';
import { judgingCount } from './contest.js';
import type {
  GradientAnswer,
  GradientOrder,
  GradientWorkerData,
  Judging,
  PictureScore,
} from './messages.js';
import type { Picture } from '../pictures/picture.js';
import { cpu } from '../base/session.js';
import { whiteCharts } from './white.js';

/** What the gradient workers are set up for. */
export type GradientPoolOptions = {
  readonly network: Network;
  readonly batch: MicroBatch;
  readonly microBatches: number;
  readonly loss: Loss;
  /** Needed by losses that compare features. */
  readonly features?: FeatureSource | undefined;
  /** Needed by the adversarial loss. */
  readonly discriminator?: Discriminator | undefined;
  readonly seed: number;
  /** Where gradients are computed; the processor if absent. */
  readonly provider?: ProviderCandidate;
  /** Number of threads; no more are started than there are micro-batches. */
  readonly workers: number;
};

/** The result of a step. */
export type StepResult = {
  /** The mean loss of its micro-batches. */
  readonly loss: number;
  /** The share of places on which the discriminator was right; NaN without one. */
  readonly right: number;
};

function shared(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}

/**
 * Threads that compute gradients, each with its own session. Whichever thread is free takes the
 * next micro-batch of a step, and each micro-batch's gradient has its own place in memory. So their
 * sum does not depend on how many threads there are or which was faster.
 */
export class GradientPool implements AsyncDisposable {
  /** [micro-batches, parameters]: the gradients of the last step. */
  readonly gradients: Float32Array;
  readonly #judging: Judging | undefined;
  readonly #losses: Float32Array;
  readonly #weights: Float32Array;
  readonly #next = new Int32Array(new SharedArrayBuffer(4));
  readonly #workers: readonly Worker[];

  constructor(options: GradientPoolOptions) {
    const { network, microBatches, discriminator } = options;
    const count = parameterCount(network);
    const workers = Math.min(options.workers, microBatches);
    this.gradients = shared(microBatches * count);
    this.#losses = shared(microBatches);
    this.#weights = shared(count);
    if (discriminator !== undefined) {
      const size = judgingCount(discriminator, channelsOf(network));
      const [weights, gradients] = [shared(size), shared(microBatches * size)];
      this.#judging = { weights, gradients, rights: shared(microBatches) };
    }
    this.#workers = Array.from({ length: workers }, (_, worker) => {
      const workerData: GradientWorkerData = {
        provider: cpu,
        ...options,
        worker,
        workers,
        weights: this.#weights,
        judging: this.#judging,
        gradients: this.gradients,
        losses: this.#losses,
        next: this.#next,
      };
      const thread = startThread(new URL('./gradient-worker.js', import.meta.url), { workerData });
      thread.setMaxListeners(0);
      return thread;
    });
  }

  async #ask(worker: Worker, order: GradientOrder): Promise<GradientAnswer> {
    worker.postMessage(order);
    // `once` rejects when the thread dies of an error.
    const [answer] = (await once(worker, 'message')) as [GradientAnswer];
    if (answer.kind === 'failed') throw new Error(answer.message);
    return answer;
  }

  /** Gives all threads the pictures that patches are drawn from. */
  async setPictures(pictures: readonly Picture[]): Promise<void> {
    const order: GradientOrder = { kind: 'pictures', pictures };
    await Promise.all(this.#workers.map((worker) => this.#ask(worker, order)));
  }

  /** [micro-batches, the discriminator's parameters], of the last step; `undefined` without one. */
  get judgeGradients(): Float32Array | undefined {
    return this.#judging?.gradients;
  }

  /** Computes all gradients of a step; `judge` is the weights of a discriminator, if any. */
  async step(step: number, weights: Float32Array, judge?: Float32Array): Promise<StepResult> {
    this.#weights.set(weights);
    if (judge !== undefined) this.#judging?.weights.set(judge);
    Atomics.store(this.#next, 0, this.#workers.length);
    await Promise.all(this.#workers.map((worker) => this.#ask(worker, { kind: 'step', step })));
    const mean = (list: Float32Array) => list.reduce((sum, each) => sum + each, 0) / list.length;
    const { rights } = this.#judging ?? {};
    return { loss: mean(this.#losses), right: rights === undefined ? NaN : mean(rights) };
  }

  /** Enlarges each picture with `weights` and measures the result; in the pictures' order. */
  async validate(weights: Float32Array, pictures: readonly Picture[]): Promise<PictureScore[]> {
    const orders = pictures.map((picture) => ({ kind: 'validate', weights, picture }) as const);
    const answers = await this.#askAll(orders);
    return answers.flatMap((answer) => (answer.kind === 'scored' ? [answer.score] : []));
  }

  /** How far `weights` change each of `whiteCharts`, in their order. */
  async whiteDeviations(weights: Float32Array): Promise<number[]> {
    const orders = whiteCharts.map((_, chart) => ({ kind: 'white', weights, chart }) as const);
    const answers = await this.#askAll(orders);
    return answers.flatMap((answer) => (answer.kind === 'white' ? [answer.deviation] : []));
  }

  /** Gives each order to the next free thread; the answers come in the order of `orders`. */
  async #askAll(orders: readonly GradientOrder[]): Promise<GradientAnswer[]> {
    const answers: GradientAnswer[] = [];
    let next = 0;
    await Promise.all(
      this.#workers.map(async (worker) => {
        while (next < orders.length) {
          const index = next++;
          answers[index] = await this.#ask(worker, orders[index]!);
        }
      }),
    );
    return answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map(endThread));
  }
}
