import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { version } from '../version.js';
import { explainFailure } from './explain-failure.js';
import type { FileRequest } from './file-request.js';
import { expectedFrames } from './plan/expected-frames.js';
import { stampOf, type FileStamp } from './plan/identity.js';
import type { JobPlan } from './plan/job-plan.js';
import { cutClip } from './segments/cut-clip.js';
import type { JobContext } from './segments/job-context.js';
import { ProgressCounter } from './segments/progress.js';
import { planVersion, type StoredPlan } from './segments/stored-plan.js';
import { openWorkFolder, type LockedWorkFolder } from './segments/work-folder.js';

/** The part of a request that every stage of a job needs. */
export type JobRequest = Pick<FileRequest, 'ffmpeg' | 'signal' | 'pause' | 'onProgress'>;

/**
 * The job of a plan. From now on its source must stay unchanged. `known` is the stamp that the
 * source had when the plan was made, where that was earlier.
 */
export async function openJob(
  { ffmpeg, signal, pause, onProgress }: JobRequest,
  plan: JobPlan,
  known?: FileStamp,
): Promise<JobContext> {
  const stamp = known ?? (await stampOf(plan.source.path));
  const place = { clip: plan.input, output: plan.paths.output, of: expectedFrames(plan) };
  const progress = new ProgressCounter(place, onProgress, pause.now);
  return { ffmpeg, plan, signal, pause, stamp, progress };
}

/** What the work folder's plan says of a job. */
export function storedFacts({ ffmpeg, plan, stamp }: JobContext): Omit<StoredPlan, 'segments'> {
  return {
    version: planVersion,
    vsr: version(),
    ffmpeg: `${ffmpeg.version} (build ${ffmpeg.build})`,
    job: plan.job,
    sourceModifiedMs: stamp.modifiedMs,
    source: { path: plan.input, ...plan.identity },
    models: plan.chain.names,
    settings: plan.deciding,
  };
}

/**
 * Opens the work folder, with the plan of an earlier run that was interrupted, or a new plan.
 * `queue` is the clip's name in the queue; `null` where no queue has a part in the job.
 */
export async function openFolder(job: JobContext, queue: string | null): Promise<LockedWorkFolder> {
  const { paths, settings, range } = job.plan;
  try {
    await mkdir(path.dirname(paths.output), { recursive: true });
    return await openWorkFolder({
      ...{ folder: paths.workFolder, output: paths.output, job: storedFacts(job), range, queue },
      restart: settings.restart,
      cut: () => cutClip(job),
    });
  } catch (error) {
    throw error instanceof VsrError ? error : await explainFailure(error, job, null);
  }
}
