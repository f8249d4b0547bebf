import { VsrError } from '../../errors.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { PauseControl } from '../../pause-control.js';
import { checkUnchanged, hashOf, identifySource, type FileStamp } from '../plan/identity.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { ProgressCounter } from './progress.js';

/** What every stage of one clip's job is given. */
export type JobContext = {
  readonly ffmpeg: Ffmpeg;
  readonly plan: JobPlan;
  /** Stops the job, which then fails with VsrError `interrupted`. */
  readonly signal: AbortSignal;
  /** Holds the job up between two frames. */
  readonly pause: PauseControl;
  readonly progress: ProgressCounter;
  /** The source as it was when the job began: it must be the same when a segment counts as done. */
  readonly stamp: FileStamp;
};

/** Throws VsrError `interrupted` once the job is to stop. */
export function throwIfAborted({ signal, plan }: JobContext): void {
  if (signal.aborted) {
    throw new VsrError('interrupted', `Interrupted while enlarging ${plan.input}.`);
  }
}

/** Throws VsrError `media` unless the source is still the file that the job began with. */
export async function checkSource({ plan, stamp }: JobContext): Promise<void> {
  await checkUnchanged(plan.source.path, stamp);
  const identity = await identifySource(plan.source.path, plan.settings.allowDamaged);
  if (hashOf(identity) === hashOf(plan.identity)) return;
  throw new VsrError(
    'media',
    `${plan.input} was replaced while it was being enlarged. Run the command again with --restart.`,
  );
}
