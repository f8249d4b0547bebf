import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { VsrError } from '../errors.js';
import { alignmentOf, parameterCount } from '../model/language/network.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './saved/checkpoint.js';
import { trainingFiles } from './saved/training-folder.js';
import { buildForwardModel } from './gradient/gradient-graph.js';
import { GradientPool } from './gradient/gradient-pool.js';
import { fitLast } from './optimiser/fit-last.js';
import { initialWeights } from './optimiser/initial-weights.js';
import type { PictureScore } from './gradient/messages.js';
import { initialExpandedState, initialState, openOptimiser } from './optimiser/optimiser.js';
import { PictureFeed, type Window } from './pictures/picture-feed.js';
import { PatchSource, patchShapeOf } from './pictures/patches.js';
import { PicturePool } from './pictures/picture-pool.js';
import type { Picture } from './pictures/picture.js';
import { drawsPerWindow, patchesAtOnce, type TrainPlan } from './plan/plan.js';
import { planFacts, requireSameFacts } from './plan/plan-facts.js';
import { learningRate } from './optimiser/schedule.js';
import { openSession } from './base/session.js';
import { unlessAborted } from './base/unless-aborted.js';
import { validationPictures } from './validation/validation-pictures.js';

/** What happens in a run, in the order in which it does. */
export type TrainEvent =
  /** A file that cannot be used, named in the reason. */
  | { readonly kind: 'skipped'; readonly reason: string; readonly why: 'unreadable' | 'too small' }
  | {
      readonly kind: 'started';
      /** Steps done before. */
      readonly step: number;
      /** Pictures in memory. */
      readonly pictures: number;
      readonly validation: readonly Picture[];
    }
  /** About once a second. `loss` is the mean since the last such event. */
  | {
      readonly kind: 'progress';
      readonly step: number;
      readonly loss: number;
      readonly rate: number;
      readonly stepsPerSecond: number;
    }
  | {
      readonly kind: 'validated';
      readonly step: number;
      /** Mean loss since the last validation. */
      readonly loss: number;
      readonly rate: number;
      readonly stepsPerSecond: number;
      readonly scores: readonly PictureScore[];
      /** Mean Y-PSNR in dB over the validation pictures; `NaN` without any. */
      readonly psnr: number;
      /** It is the best so far. */
      readonly best: boolean;
      /** The weights that were validated. */
      readonly weights: Float32Array;
    }
  | { readonly kind: 'finished'; readonly step: number; readonly best: Float32Array };

/** Where the random numbers of a fit come from, apart from those of the steps. */
const fitStream = 0x66;

/** Milliseconds between progress events. */
const progressMs = 1000;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Trains a network as planned. Yields what happens; ends after `finished`, or early with a
 * VsrError `interrupted` after writing a checkpoint when `signal` fires.
 */
export async function* train(plan: TrainPlan, signal?: AbortSignal): AsyncGenerator<TrainEvent> {
  const { network, batch, patch, seed, steps } = plan;
  const parameters = parameterCount(network);
  // With a dial each patch has a strength of its own, and so weights of its own.
  const patches =
    network.strength === true
      ? 1
      : patchesAtOnce(batch, patch, plan.provider, network.patches !== undefined);
  const microBatches = batch / patches;
  await mkdir(plan.workFolder, { recursive: true });
  const checkpointFile = path.join(plan.workFolder, trainingFiles.checkpoint);
  const facts = planFacts(plan);

  // A provider that does not start says so here, not from a thread.
  if (plan.provider !== undefined) {
    const trial = await openSession(
      buildForwardModel(network, alignmentOf(network) * 8),
      plan.provider,
    );
    await trial.release();
  }

  const events: TrainEvent[] = [];
  await using picturePool = new PicturePool(plan.workers);
  const feed = new PictureFeed(picturePool, {
    items: plan.training,
    scale: network.scale,
    colour: network.colour,
    degradation: plan.degradation,
    seed,
    patch,
    windowBytes: plan.windowBytes,
    onSkip: (reason, why) => void events.push({ kind: 'skipped', reason, why }),
  });
  await using gradients = new GradientPool({
    network,
    batch: { patches, patch },
    microBatches,
    loss: plan.loss,
    features: plan.features,
    seed,
    workers: plan.workers,
    ...(plan.provider === undefined ? {} : { provider: plan.provider }),
  });
  const channels = plan.expand ?? 0;
  const expansion = channels === 0 ? undefined : { network, channels };
  const optimise = await openOptimiser(
    parameters,
    microBatches,
    plan.averaged,
    expansion,
    plan.optimiser,
  );

  let now: Checkpoint;
  if (plan.resume) {
    now = await readCheckpoint(checkpointFile);
    requireSameFacts(checkpointFile, now.facts, facts);
  } else {
    const { initial } = plan;
    const state =
      expansion === undefined
        ? initialState(initial ?? initialWeights(network, seed))
        : initialExpandedState(expansion, seed, initial);
    const nothing = { step: 0, windowStart: 0, windowStep: 0, bestPsnr: -Infinity, bestStep: 0 };
    now = { facts, ...nothing, state, best: state.average };
  }
  let { step, windowStep, bestPsnr, bestStep, best } = now;
  const { state } = now;
  const checkpoint = (window: Window) =>
    writeCheckpoint(checkpointFile, {
      ...{ facts, step, windowStart: window.start, windowStep, bestPsnr, bestStep, state, best },
    });

  const loading = async (): Promise<[readonly Picture[], Window]> => [
    await validationPictures(plan, picturePool),
    await feed.window(now.windowStart),
  ];
  const notYet = 'Stopped while pictures were read, before the first step.';
  const loaded = await unlessAborted(loading(), signal, notYet);
  const [validation] = loaded;
  let [, window] = loaded;
  yield* events.splice(0);
  requirePictures(window, plan);
  await gradients.setPictures(window.pictures);
  let nextWindow = window.complete ? undefined : feed.window(window.end);
  nextWindow?.catch(() => {}); // Thrown when it is taken.
  const { fit = 0 } = plan;
  if (fit > 0 && !plan.resume) {
    // Its own place among the random numbers: the first step draws other patches.
    const source = new PatchSource(window.pictures, patchShapeOf(network, patch));
    const fitted = await fitLast(network, state.weights, fit, (number, x, t, slot) =>
      source.cut([seed, fitStream, number], x, t, slot),
    );
    Object.assign(state, initialState(fitted));
    best = state.average;
  }
  yield { kind: 'started', step, pictures: window.pictures.length, validation };

  let lossesSinceValidation: number[] = [];
  let recent: number[] = [];
  let recentFrom = performance.now();
  let validatedAt = recentFrom;
  while (step < steps) {
    const stopped = `Stopped after step ${step}; --resume goes on from there.`;
    if (signal?.aborted === true) {
      await checkpoint(window);
      throw new VsrError('interrupted', stopped);
    }
    if (nextWindow !== undefined && step - windowStep >= windowSteps(window, plan)) {
      try {
        window = await unlessAborted(nextWindow, signal, stopped);
      } catch (error) {
        if (error instanceof VsrError && error.code === 'interrupted') await checkpoint(window);
        throw error;
      }
      yield* events.splice(0);
      requirePictures(window, plan);
      windowStep = step;
      await gradients.setPictures(window.pictures);
      nextWindow = feed.window(window.end);
      nextWindow.catch(() => {});
    }
    const rate = learningRate(plan.schedule, plan.rate, step, steps);
    const loss = await gradients.step(step, state.weights);
    if (!Number.isFinite(loss)) {
      throw new VsrError(
        'model',
        `The loss is ${loss} at step ${step}: training has diverged. The checkpoint of the last validation is kept; try a lower --lr than ${plan.rate}.`,
      );
    }
    await optimise(state, gradients.gradients, step, rate);
    step++;
    recent.push(loss);
    lossesSinceValidation.push(loss);

    const time = performance.now();
    if (time - recentFrom >= progressMs || step === steps) {
      const stepsPerSecond = (1000 * recent.length) / (time - recentFrom);
      yield { kind: 'progress', step, loss: mean(recent), rate, stepsPerSecond };
      recent = [];
      recentFrom = time;
    }
    if (step % plan.validateEvery === 0 || step === steps) {
      const stepsPerSecond = (1000 * lossesSinceValidation.length) / (time - validatedAt);
      const scores = await gradients.validate(state.average, validation);
      const psnr = mean(scores.map((score) => score.psnr));
      // Without validation pictures the last weights are the ones to keep.
      const isBest = validation.length === 0 || plan.keep === 'last' || psnr > bestPsnr;
      if (isBest) [bestPsnr, bestStep, best] = [psnr, step, state.average];
      const figures = { loss: mean(lossesSinceValidation), rate, stepsPerSecond, scores, psnr };
      yield { kind: 'validated', step, ...figures, best: isBest, weights: state.average };
      // After the figures are told: a run killed in between tells them again, and loses none.
      await checkpoint(window);
      lossesSinceValidation = [];
      recentFrom = validatedAt = performance.now();
    }
  }
  yield { kind: 'finished', step, best };
}

/** Steps that a window is drawn from. */
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
