import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { parameterCount, parametersOf } from '../model/language/network.js';
import { unlessAborted } from './base/unless-aborted.js';
import { firstCheckpoint } from './first-checkpoint.js';
import { GradientPool, type StepResult } from './gradient/gradient-pool.js';
import type { PictureScore } from './gradient/messages.js';
import { fitLast } from './optimiser/fit-last.js';
import { initialState, openOptimiser } from './optimiser/optimiser.js';
import { PatchSource, patchShapeOf } from './pictures/patches.js';
import type { Picture } from './pictures/picture.js';
import { PictureFeed, type Window } from './pictures/picture-feed.js';
import { PicturePool } from './pictures/picture-pool.js';
import { drawsPerWindow, patchesAtOnce, type TrainPlan } from './plan/plan.js';
import { type Checkpoint, writeCheckpoint } from './saved/checkpoint.js';
import { trainingFiles } from './saved/training-folder.js';
import type { TrainEvent } from './train-event.js';
import { type WhiteFigures, whiteFigures } from './gradient/white.js';
import { testPictures, validationPictures } from './validation/validation-pictures.js';

/** The random stream of a fit, apart from that of the steps. */
const fitStream = 0x66;

/** What is said of a run that was stopped while it was made ready. */
export const stoppedEarly = 'Stopped while pictures were made ready, before the first step.';

type Optimise = Awaited<ReturnType<typeof openOptimiser>>;

/** The threads, the pictures in memory and the weights of one training. */
export class TrainingRun implements AsyncDisposable {
  readonly #plan: TrainPlan;
  readonly #checkpointFile: string;
  readonly #picturePool: PicturePool;
  readonly #feed: PictureFeed;
  readonly #gradients: GradientPool;
  readonly #optimise: Optimise;
  /** The discriminator's optimiser. */
  readonly #teach: Optimise | undefined;
  /** The state that the run has reached. */
  #now: Checkpoint;
  #window: Window | null = null;
  #nextWindow: Promise<Window> | undefined;
  #validation: readonly Picture[] = [];
  #skipped: TrainEvent[] = [];

  /** Starts the threads and reads the checkpoint that `plan.resume` goes on from. */
  static async open(plan: TrainPlan): Promise<TrainingRun> {
    const { network, batch, patch } = plan;
    await mkdir(plan.workFolder, { recursive: true });
    const picturePool = new PicturePool(plan.workers);
    // With a dial each patch has a strength of its own, and so weights of its own.
    const patches =
      network.strength === true
        ? 1
        : patchesAtOnce(batch, patch, plan.provider, network.patches !== undefined);
    const microBatches = batch / patches;
    const gradients = new GradientPool({
      network,
      batch: { patches, patch },
      microBatches,
      loss: plan.loss,
      features: plan.features,
      discriminator: plan.discriminator?.network,
      seed: plan.seed,
      workers: plan.workers,
      ...(plan.provider === undefined ? {} : { provider: plan.provider }),
    });
    try {
      const channels = plan.expand ?? 0;
      const expansion = channels === 0 ? undefined : { network, channels };
      const optimise = await openOptimiser(parameterCount(network), microBatches, plan.averaged, {
        expansion,
        optimiser: plan.optimiser,
        lists: parametersOf(network),
      });
      const file = path.join(plan.workFolder, trainingFiles.checkpoint);
      const first = await firstCheckpoint(plan, file, expansion);
      const judging = first.judge?.weights.length ?? 0;
      const teach = judging === 0 ? undefined : await openOptimiser(judging, microBatches, 1);
      return new TrainingRun({ plan, file, picturePool, gradients, optimise, teach, first });
    } catch (error) {
      await Promise.all([picturePool, gradients].map((pool) => pool[Symbol.asyncDispose]()));
      throw error;
    }
  }

  private constructor(parts: {
    readonly plan: TrainPlan;
    readonly file: string;
    readonly picturePool: PicturePool;
    readonly gradients: GradientPool;
    readonly optimise: Optimise;
    readonly teach: Optimise | undefined;
    readonly first: Checkpoint;
  }) {
    const { plan, picturePool } = parts;
    this.#plan = plan;
    this.#checkpointFile = parts.file;
    this.#picturePool = picturePool;
    this.#gradients = parts.gradients;
    this.#optimise = parts.optimise;
    this.#teach = parts.teach;
    this.#now = parts.first;
    this.#feed = new PictureFeed(picturePool, {
      items: plan.training,
      scale: plan.network.scale,
      colour: plan.network.colour,
      degradation: plan.degradation,
      seed: plan.seed,
      patch: plan.patch,
      windowBytes: plan.windowBytes,
      onSkip: (reason, why) => void this.#skipped.push({ kind: 'skipped', reason, why }),
    });
  }

  /** Steps done. */
  get step(): number {
    return this.#now.step;
  }

  /** The weights to keep so far. */
  get best(): Float32Array {
    return this.#now.best;
  }

  /** Files that were passed over since the last call. */
  skipped(): TrainEvent[] {
    return this.#skipped.splice(0);
  }

  /** Reads the pictures to validate with and the first ones to train on. */
  async load(signal: AbortSignal | undefined): Promise<void> {
    const loading = async (): Promise<[readonly Picture[], Window]> => [
      await validationPictures(this.#plan, this.#picturePool),
      await this.#feed.window(this.#now.windowStart),
    ];
    const [validation, window] = await unlessAborted(loading(), signal, stoppedEarly);
    this.#validation = validation;
    this.#window = window;
  }

  /** Gives the threads the window that was read, and fits the last layer where that is planned. */
  async begin(): Promise<TrainEvent> {
    const window = await this.#useWindow();
    const { network, fit = 0, resume, patch, seed } = this.#plan;
    const { state } = this.#now;
    if (fit > 0 && !resume) {
      // The fit has its own random stream, so that the first step draws other patches.
      const source = new PatchSource(window.pictures, patchShapeOf(network, patch));
      const fitted = await fitLast(network, state.weights, fit, (number, x, t, slot) =>
        source.cut([seed, fitStream, number], x, t, slot),
      );
      Object.assign(state, initialState(fitted));
      this.#now = { ...this.#now, best: state.average };
    }
    const pictures = window.pictures.length;
    return { kind: 'started', step: this.step, pictures, validation: this.#validation };
  }

  /** Whether patches were drawn often enough from the pictures in memory. */
  isWindowOver(): boolean {
    if (this.#nextWindow === undefined) return false;
    return this.step - this.#now.windowStep >= windowSteps(this.#window!, this.#plan);
  }

  /**
   * Waits for the next pictures. Where `signal` fires meanwhile, writes a checkpoint and throws
   * VsrError `interrupted` that says `stopped`.
   */
  async awaitWindow(signal: AbortSignal | undefined, stopped: string): Promise<void> {
    try {
      this.#window = await unlessAborted(this.#nextWindow!, signal, stopped);
    } catch (error) {
      if (error instanceof VsrError && error.code === 'interrupted') await this.checkpoint();
      throw error;
    }
  }

  /** From now on, trains on the window that was waited for. */
  async turnToWindow(): Promise<void> {
    await this.#useWindow();
    this.#now = { ...this.#now, windowStep: this.step };
  }

  /** Takes one step at learning rate `rate`. Throws VsrError `model` where the loss diverges. */
  async takeStep(rate: number): Promise<StepResult> {
    const { state, judge, step } = this.#now;
    const { discriminator, rate: highest } = this.#plan;
    const result = await this.#gradients.step(step, state.weights, judge?.weights);
    const { loss } = result;
    if (!Number.isFinite(loss)) {
      throw new VsrError(
        'model',
        `The loss is ${loss} at step ${step}: training has diverged. The checkpoint of the last validation is kept; try a lower --lr than ${this.#plan.rate}.`,
      );
    }
    await this.#optimise(state, this.#gradients.gradients, step, rate);
    if (judge !== undefined) {
      // The same schedule, scaled to the discriminator's own highest rate.
      const own = (rate / highest) * discriminator!.rate;
      await this.#teach!(judge, this.#gradients.judgeGradients!, step, own);
    }
    this.#now = { ...this.#now, step: step + 1 };
    return result;
  }

  /** Measures the averaged weights, and keeps the best so far, or with `keep: 'last'` any. */
  async validate(): Promise<Validated> {
    const { state, bestPsnr, step } = this.#now;
    const weights = state.average;
    const scores = await this.#gradients.validate(weights, this.#validation);
    const psnr = mean(scores.map((score) => score.psnr));
    // Without validation pictures the last weights are the ones to keep.
    const kept = this.#validation.length === 0 || this.#plan.keep === 'last' || psnr > bestPsnr;
    if (kept) this.#now = { ...this.#now, bestPsnr: psnr, bestStep: step, best: weights };
    const white = await this.measureWhite(weights);
    return { scores, psnr, kept, weights, white };
  }

  /** Whether colours stay as they are, where the network makes them; `null` for luma. */
  async measureWhite(weights: Float32Array): Promise<WhiteFigures | null> {
    if (this.#plan.network.colour !== 'rgb') return null;
    return whiteFigures(await this.#gradients.whiteDeviations(weights));
  }

  /** Measures the weights to keep on each picture of the test part that can be used. */
  async measureTest(signal: AbortSignal | undefined): Promise<PictureScore[]> {
    const stopped = 'Stopped while the test part was measured; --resume measures it again.';
    const parts = testPictures(this.#plan, this.#picturePool);
    const scores: PictureScore[] = [];
    for (;;) {
      const part = await unlessAborted(parts.next(), signal, stopped);
      if (part.done === true) return scores;
      const measuring = this.#gradients.validate(this.best, part.value);
      scores.push(...(await unlessAborted(measuring, signal, stopped)));
    }
  }

  async checkpoint(): Promise<void> {
    await writeCheckpoint(this.#checkpointFile, {
      ...this.#now,
      windowStart: this.#window!.start,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gradients[Symbol.asyncDispose]();
    await this.#picturePool[Symbol.asyncDispose]();
  }

  async #useWindow(): Promise<Window> {
    const window = this.#window!;
    requirePictures(window, this.#plan);
    await this.#gradients.setPictures(window.pictures);
    this.#nextWindow = window.complete ? undefined : this.#feed.window(window.end);
    this.#nextWindow?.catch(() => {}); // Thrown when it is taken.
    return window;
  }
}

/** The result of a validation. */
export type Validated = {
  readonly scores: readonly PictureScore[];
  readonly psnr: number;
  readonly kept: boolean;
  readonly weights: Float32Array;
  readonly white: WhiteFigures | null;
};

/** The mean of some numbers; `NaN` of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Number of steps that draw from a window. */
function windowSteps(window: Window, plan: TrainPlan): number {
  const samples = window.pictures.reduce((sum, { low }) => sum + low[0]!.data.length, 0);
  return Math.ceil(
    ((plan.drawsPerWindow ?? drawsPerWindow) * samples) / (plan.batch * plan.patch ** 2),
  );
}

function requirePictures(window: Window, plan: TrainPlan): void {
  if (window.pictures.length > 0) return;
  const least = plan.patch * plan.network.scale;
  throw new VsrError(
    'media',
    `None of ${plan.training.length} training pictures can be used: each is unreadable or smaller than ${least}x${least}. Give larger pictures or a smaller --patch.`,
  );
}
