import { VsrError } from '../../errors.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { StageSeconds } from '../../metrics/sidecar-schema.js';
import { frameLayout } from '../../planes/pixel-format.js';
import { checkUnchanged, type FileStamp } from '../plan/identity.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { ProgressCounter } from './progress.js';
import { openReference } from './reference.js';
import { SegmentReader } from './segment-reader.js';
import type { Segment } from './segment-plan.js';
import { StageClock } from './stage-clock.js';
import { upscaleSegment, type SegmentContext } from './upscale-segment.js';
import { openUpscaler } from '../../enlarge/upscaler.js';
import { defaultWorkers } from '../../enlarge/worker-pool.js';
import type { SegmentRecord, WorkFolder } from './work-folder.js';

/** Throws VsrError `interrupted` once the job is to stop. */
export function throwIfAborted(signal: AbortSignal, plan: JobPlan): void {
  if (signal.aborted) {
    throw new VsrError('interrupted', `Interrupted while enlarging ${plan.input}.`);
  }
}

/** What became of a job's segments. */
export type WorkDone = {
  readonly records: SegmentRecord[];
  /** Where the time went; `null` where nothing was left to do. */
  readonly stages: StageSeconds | null;
};

/**
 * Does the segments that are not done, in order, and returns the records of all. The network is
 * opened only if there is one. `stamp` is what the source must still be when a segment counts as done.
 */
export async function workOff(
  ffmpeg: Ffmpeg,
  plan: JobPlan,
  folder: WorkFolder,
  counter: ProgressCounter,
  stamp: FileStamp,
  signal: AbortSignal,
): Promise<WorkDone> {
  const records: SegmentRecord[] = [];
  const most = plan.options.frames ?? Infinity;
  let frames = 0;
  let context: OpenContext | undefined;
  /** The segment whose encoder is ending its file. */
  let ending: Promise<void> = Promise.resolve();
  try {
    for (const [i, segment] of folder.plan.segments.entries()) {
      throwIfAborted(signal, plan);
      if (frames >= most) break;
      const earlier = await folder.finished(segment);
      if (earlier !== null) {
        records[i] = earlier;
        counter.skip(earlier.frames);
        await context?.reference?.pass(earlier.frames);
        frames += earlier.frames;
        continue;
      }
      context ??= await openContext(ffmpeg, plan, segment, frames, counter, signal);
      const files = folder.files(segment);
      const enlarged = await upscaleSegment(context, segment, files, most - frames);
      await ending;
      ending = enlarged.written.then(async (record) => {
        await checkUnchanged(plan.input, stamp);
        await folder.finish(segment, record);
        records[i] = record;
      });
      ending.catch(() => {}); // Thrown at the next segment, or at the end.
      frames += enlarged.frames;
    }
    await ending;
    const spent = context?.upscaler.timings;
    return { records, stages: spent === undefined ? null : context!.clock.seconds(spent) };
  } finally {
    await ending.catch(() => {});
    await context?.[Symbol.asyncDispose]();
  }
}

type OpenContext = SegmentContext & AsyncDisposable;

/** Opens the network, the decoder at `segment` and the ground truth, `skip` frames in. */
async function openContext(
  ffmpeg: Ffmpeg,
  plan: JobPlan,
  segment: Segment,
  skip: number,
  counter: ProgressCounter,
  signal: AbortSignal,
): Promise<OpenContext> {
  const { options, source } = plan;
  const { video } = source;
  const workers = options.workers ?? defaultWorkers();
  // The decoder starts while the network is opened.
  const reader = new SegmentReader(ffmpeg, plan, signal);
  reader.prepare(segment, (options.frames ?? Infinity) - skip);
  const upscaler = await openUpscaler({
    chain: plan.chain,
    layout: frameLayout(video.format, video.width, video.height),
    siting: video.colour.siting ?? 'left',
    range: video.colour.range ?? 'tv',
    matrix: video.colour.matrix,
    provider: { name: options.provider ?? 'auto', device: options.device ?? 0 },
    workers,
    precision: options.precision ?? 'auto',
    scores: plan.paths.log !== null,
    reuse: options.reuse ?? true,
    signal,
  }).catch(async (error: unknown) => {
    await reader[Symbol.asyncDispose]();
    throw error;
  });
  const wanted = options.reference;
  const reference =
    wanted === undefined
      ? null
      : await openReference(ffmpeg, plan, wanted, skip, signal).catch(async (error: unknown) => {
          await reader[Symbol.asyncDispose]();
          await upscaler[Symbol.asyncDispose]();
          throw error;
        });
  return {
    ffmpeg,
    plan,
    upscaler,
    reader,
    workers,
    reference,
    clock: new StageClock(),
    signal,
    onFrame: (psnr) => counter.add(psnr),
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      await reference?.[Symbol.asyncDispose]();
      await upscaler[Symbol.asyncDispose]();
    },
  };
}
