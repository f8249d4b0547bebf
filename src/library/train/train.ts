import path from 'node:path';
import { errorFacts, messageOf, VsrError } from '../../errors.js';
import type { TrainPlan } from '../../training/plan/plan.js';
import {
  runTraining,
  type RunOptions,
  type TrainingDisplay,
  type TrainingResult,
} from './run-training.js';
import { trainDefaults, type TrainOptions } from './train-options.js';
import { trainPlanOf } from './train-plan.js';
import { beforeTraining } from './work-folder.js';
import { wordsForDisk } from '../../media/program/disk-words.js';

/** Receives the text of a run for people; callers of the library use events. */
export type TrainingTalk = TrainingDisplay & {
  /** Called once everything has been decided. */
  readonly planned: (plan: TrainPlan) => void;
};

const silentTalk: TrainingTalk = { planned() {}, say() {}, progress() {} };

/** Where a run keeps its checkpoint, metrics and curves. */
export function workFolderOf({ work, out }: Pick<TrainOptions, 'work' | 'out'>): string {
  return work ?? `${out}.train`;
}

/**
 * Trains a network on pictures and writes it as a model that `upscale` takes, with its card; in the
 * work folder it leaves checkpoint, metrics and curves.
 *
 * Throws VsrError: `option` for a wrong call, `media` for data that cannot be used, `model` for a
 * model that does not fit or a training that diverges, `provider`, `disk`, and `interrupted` once
 * `signal` fires; with `resume` the same call then goes on to the same weights.
 */
export async function train(
  { signal, tell, ...options }: TrainOptions,
  talk: TrainingTalk = silentTalk,
): Promise<TrainingResult> {
  const workFolder = workFolderOf(options);
  const madeReady = await beforeTraining(workFolder);
  let hasStarted = false;
  const started = (): void => {
    hasStarted = true;
    talk.started?.();
  };
  try {
    const plan = await trainPlanOf({ ...trainDefaults, ...options }, workFolder, signal);
    talk.planned(plan);
    return await runPlanned(plan, { tell, signal }, { ...talk, started });
  } catch (error) {
    const isInterrupted = errorFacts(error).code === 'interrupted';
    if (!hasStarted) await madeReady.clear({ keepFrames: isInterrupted });
    throw error;
  }
}

async function runPlanned(
  plan: TrainPlan,
  { tell, signal }: Pick<RunOptions, 'tell' | 'signal'>,
  talk: TrainingTalk,
): Promise<TrainingResult> {
  const { workFolder } = plan;
  const name = path.basename(plan.out, '.onnx');
  try {
    return await runTraining(plan, { name, display: talk, tell, signal });
  } catch (cause) {
    const thrown = asDiskError(cause, workFolder);
    const error = errorFacts(thrown);
    const status = error.code === 'interrupted' ? 'interrupted' : 'failed';
    tell?.({ event: 'failed', clip: plan.out, status, output: plan.out, error });
    throw thrown;
  }
}

/** Error codes of the system for a folder whose name is taken by something else. */
const nameCodes = ['ENOTDIR', 'EEXIST'];

/** A failure to write becomes one sentence; any other error is returned as it is. */
function asDiskError(error: unknown, workFolder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const isDisks = wordsForDisk(code) !== undefined || nameCodes.includes(code ?? '');
  if (error instanceof VsrError || !isDisks) return error;
  return new VsrError(
    'disk',
    `Could not write into ${workFolder}: ${messageOf(error)}. The last checkpoint there is whole; once there is room, --resume goes on from it.`,
    { cause: error },
  );
}
