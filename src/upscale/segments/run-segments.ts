import type { StageSeconds } from '../../metrics/sidecar-schema.js';
import type { Announcement } from '../../media/output/output-plan.js';
import { VsrError } from '../../errors.js';
import { checkUnchanged } from '../plan/identity.js';
import { throwIfAborted, type JobContext } from './job-context.js';
import type { Segment } from './segment-plan.js';
import { noteOfLostDevice, onCpu, openSegmentTools, type SegmentTools } from './segment-tools.js';
import type { MadeSegment, SegmentRecord } from './segment-record.js';
import type { SegmentFiles, WorkFolder } from './work-folder.js';

/** A segment whose frames are all enlarged. */
export type EnlargedSegment = {
  readonly frames: number;
  /** Settles when its files are closed and complete under their names. */
  readonly written: Promise<MadeSegment>;
};

/** Makes one segment, at most `most` frames of it, into `files`. */
export type MakeSegment = (
  tools: SegmentTools,
  segment: Segment,
  files: SegmentFiles,
  most: number,
) => Promise<EnlargedSegment>;

/** The result of a job's segments. */
export type SegmentsDone = {
  readonly records: SegmentRecord[];
  /** Where the time went; `null` where nothing was left to do. */
  readonly stages: StageSeconds | null;
  /** Notes on what differed from the plan, although the result is whole. */
  readonly notes: readonly Announcement[];
};

/**
 * Makes the segments that are not done, in order, and returns the records of all. The next segment
 * begins while the encoder finishes the file of the one before. Network and decoder are opened only
 * if there is something to do. If a device that was not asked for by name is lost, the CPU makes
 * the segment again, and all that follow.
 */
export async function runSegments(
  job: JobContext,
  folder: WorkFolder,
  make: MakeSegment,
  open = openSegmentTools,
): Promise<SegmentsDone> {
  const { plan, progress } = job;
  const records: SegmentRecord[] = [];
  const most = plan.settings.frames;
  let frames = 0;
  const notes: Announcement[] = [];
  let tools: SegmentTools | undefined;
  /** Settles when the encoder of the last segment has finished its file. */
  let ending: Promise<void> = Promise.resolve();
  try {
    for (const [i, segment] of folder.plan.segments.entries()) {
      throwIfAborted(job);
      if (frames >= most) break;
      const earlier = await folder.finished(segment);
      if (earlier !== null) {
        records[i] = earlier;
        progress.skip(earlier.frames);
        await tools?.reference?.pass(earlier.frames);
        frames += earlier.frames;
        continue;
      }
      tools ??= await open(job, segment, most - frames, frames);
      const begun = progress.frames;
      let enlarged: EnlargedSegment;
      try {
        enlarged = await make(tools, segment, folder.files(segment), most - frames);
      } catch (error) {
        const note = noteOfLostDevice(error, plan, tools.upscaler);
        if (note === null) throw error;
        notes.push(note);
        progress.takeBack(progress.frames - begun);
        await ending;
        await tools[Symbol.asyncDispose]();
        tools = await open(onCpu(job), segment, most - frames, frames);
        enlarged = await make(tools, segment, folder.files(segment), most - frames);
      }
      await ending;
      ending = enlarged.written.then(async (record) => {
        await checkUnchanged(plan.source.path, job.stamp);
        records[i] = await folder.finish(segment, record);
      });
      ending.catch(() => {}); // Thrown at the next segment, or at the end.
      frames += enlarged.frames;
    }
    await ending;
    const stages = tools === undefined ? null : tools.clock.seconds(tools.upscaler.timings);
    return { records, stages, notes };
  } finally {
    await ending.catch(() => {});
    await tools?.[Symbol.asyncDispose]();
  }
}

/**
 * The records of all segments of a clip that other machines have made. Throws VsrError `media`
 * where some are missing or incomplete (the queue may be wrong in saying that all are done), and
 * where they were made on different kinds of providers or in different precisions.
 */
export async function finishedSegments(job: JobContext, folder: WorkFolder): Promise<SegmentsDone> {
  const { segments } = folder.plan;
  const records: SegmentRecord[] = [];
  const most = job.plan.settings.frames;
  let frames = 0;
  let missing = 0;
  for (const [i, segment] of segments.entries()) {
    throwIfAborted(job);
    if (frames >= most) break;
    const record = await folder.finished(segment);
    if (record === null) missing++;
    else records[i] = record;
    frames += record?.frames ?? 0;
  }
  const ways = new Set(
    records.map(({ provider, precision }) => `${provider.replace(/:.*$/, '')} in ${precision}`),
  );
  if (ways.size > 1) {
    throw new VsrError(
      'media',
      `Expected all segments of ${job.plan.input} to be made in one way but found ${[...ways].join(' and ')}. Name --provider and --precision, and submit it again with --restart.`,
    );
  }
  if (missing === 0) return { records, stages: null, notes: [] };
  throw new VsrError(
    'media',
    `Expected all ${segments.length} segments of ${job.plan.input} to be done but ${missing} ${missing === 1 ? 'is' : 'are'} not there whole. Submit it again: what is done is kept.`,
  );
}
