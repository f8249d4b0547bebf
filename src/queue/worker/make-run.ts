import { PauseControl } from '../../pause-control.js';
import { checkUnchanged } from '../../upscale/plan/identity.js';
import { openJob } from '../../upscale/open-job.js';
import { explainFailure } from '../../upscale/explain-failure.js';
import { runSegments } from '../../upscale/segments/run-segments.js';
import { makeSegment } from '../../upscale/upscale-file.js';
import { VsrError } from '../../errors.js';
import type { SegmentRun } from '../job/payload.js';
import type { RunProgress } from '../redis/book.js';
import type { OpenClip, Workshop } from './open-clip.js';
import type { ToolsShelf } from './tools-shelf.js';

/** The result of a run of segments. */
export type RunMade = RunProgress & {
  /** Frames that this worker made itself. */
  readonly made: number;
  /** Milliseconds that the run took. */
  readonly ms: number;
};

/** A run of segments to make. */
export type RunRequest = {
  readonly shelf: ToolsShelf;
  readonly run: SegmentRun;
  /** Stops the run; it then rejects with VsrError `interrupted`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
};

/**
 * Makes the segments of a run that are not done, in a work folder that other machines use as well.
 * Rejects with VsrError: `queue` for a run that is none of the clip's, otherwise as `runSegments`
 * does.
 */
export async function makeRun(
  { ffmpeg }: Workshop,
  { plan, stored, stamp, workFolder, attach }: OpenClip,
  { shelf, run, signal, onProgress }: RunRequest,
): Promise<RunMade> {
  const last = stored.segments.length;
  if (run.from >= run.to || run.to > last) {
    throw new VsrError(
      'queue',
      `Expected a run of the clip's ${last} segments but received ${run.from} to ${run.to}.`,
    );
  }
  let now: RunProgress = { frames: 0, psnr: null };
  const job = await openJob(
    {
      ...{ ffmpeg, signal, pause: new PauseControl() },
      onProgress: ({ frames, psnr }) => {
        now = { frames, psnr };
        onProgress(now);
      },
    },
    plan,
    stamp,
  );
  const folder = attach(stored, run);
  const startedAt = performance.now();
  try {
    await runSegments(job, folder, makeSegment, (opened, segment, most, skip) =>
      shelf.lend(opened, segment, most, skip),
    );
    // A source that was written to meanwhile must not count, even if nothing else noticed it.
    await checkUnchanged(plan.source.path, stamp);
  } catch (error) {
    await shelf[Symbol.asyncDispose]();
    throw await explainFailure(error, job, workFolder);
  }
  job.progress.tell();
  return { ...now, made: job.progress.frames, ms: performance.now() - startedAt };
}
