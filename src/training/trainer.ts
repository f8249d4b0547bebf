import { VsrError } from '../errors.js';
import { alignmentOf } from '../model/language/network.js';
import { openSession } from './base/session.js';
import { unlessAborted } from './base/unless-aborted.js';
import { buildForwardModel } from './gradient/gradient-graph.js';
import type { StepResult } from './gradient/gradient-pool.js';
import { learningRate } from './optimiser/schedule.js';
import type { TrainPlan } from './plan/plan.js';
import type { TrainEvent } from './train-event.js';
import { mean, stoppedEarly, TrainingRun } from './training-run.js';

/** Milliseconds between progress events. */
const progressMs = 1000;

/**
 * Trains a network as planned. Yields what happens; ends after `finished`, or early with a
 * VsrError `interrupted` after writing a checkpoint when `signal` fires.
 */
export async function* train(plan: TrainPlan, signal?: AbortSignal): AsyncGenerator<TrainEvent> {
  await using run = await opened(plan, signal);
  await run.load(signal);
  yield* run.skipped();
  yield await run.begin();

  const sinceProgress = new Steps();
  const sinceValidation = new Steps();
  while (run.step < plan.steps) {
    const stopped = `Stopped after step ${run.step}; --resume goes on from there.`;
    if (signal?.aborted === true) {
      await run.checkpoint();
      throw new VsrError('interrupted', stopped);
    }
    if (run.isWindowOver()) {
      await run.awaitWindow(signal, stopped);
      yield* run.skipped();
      await run.turnToWindow();
    }
    const rate = learningRate(plan.schedule, plan.rate, run.step, plan.steps);
    const result = await run.takeStep(rate);
    sinceProgress.add(result);
    sinceValidation.add(result);
    const { step } = run;
    if (sinceProgress.age >= progressMs || step === plan.steps) {
      yield { kind: 'progress', step, rate, ...sinceProgress.take() };
    }
    if (step % plan.validateEvery === 0 || step === plan.steps) {
      const figures = sinceValidation.take();
      yield { kind: 'validated', step, rate, ...figures, ...(await run.validate()) };
      // After the figures are reported: a run killed in between reports them again and loses none.
      await run.checkpoint();
      sinceProgress.restart();
      sinceValidation.restart();
    }
  }
  const test = await run.measureTest(signal);
  const white = await run.measureWhite(run.best);
  yield { kind: 'finished', step: run.step, best: run.best, test, white };
}

/** Opens a run; one that is stopped meanwhile is closed as soon as it is open. */
async function opened(plan: TrainPlan, signal: AbortSignal | undefined): Promise<TrainingRun> {
  const opening = tryProvider(plan).then(() => TrainingRun.open(plan));
  try {
    return await unlessAborted(opening, signal, stoppedEarly);
  } catch (error) {
    opening.then((run) => run[Symbol.asyncDispose]()).catch(() => {});
    throw error;
  }
}

/** Throws VsrError `provider` where the plan's provider does not start, before threads do. */
async function tryProvider({ provider, network }: TrainPlan): Promise<void> {
  if (provider === undefined) return;
  const trial = await openSession(buildForwardModel(network, alignmentOf(network) * 8), provider);
  await trial.release();
}

/** The results of the steps since they were last reported, and the time of that. */
class Steps {
  #results: StepResult[] = [];
  #from = performance.now();

  /** Milliseconds. */
  get age(): number {
    return performance.now() - this.#from;
  }

  add(result: StepResult): void {
    this.#results.push(result);
  }

  /** Returns the means of the results and the steps per second, and starts over. */
  take(): StepResult & { readonly stepsPerSecond: number } {
    const stepsPerSecond = (1000 * this.#results.length) / this.age;
    const loss = mean(this.#results.map((result) => result.loss));
    const right = mean(this.#results.map((result) => result.right));
    this.#results = [];
    this.restart();
    return { loss, right, stepsPerSecond };
  }

  /** Starts the clock again, so that the time of a validation is not counted. */
  restart(): void {
    this.#from = performance.now();
  }
}
