import { openUpscaler, type Upscaler } from '../../enlarge/upscaler.js';
import { VsrError } from '../../errors.js';
import type { Announcement } from '../../media/output/output-plan.js';
import { frameLayout } from '../../planes/pixel-format.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { JobContext } from './job-context.js';
import { openReference, type ReferenceFrames } from './reference.js';
import type { Segment } from './segment-plan.js';
import { SegmentReader } from './segment-reader.js';
import { StageClock } from './stage-clock.js';

/** What the segments of one job are made with, one after the other. */
export interface SegmentTools extends AsyncDisposable {
  readonly job: JobContext;
  readonly upscaler: Upscaler;
  /** Inference threads. */
  readonly workers: number;
  readonly reader: SegmentReader;
  /** Frames of the ground truth, in the order of the clip's; `null` without. */
  readonly reference: ReferenceFrames | null;
  /** Where the time goes. */
  readonly clock: StageClock;
}

/**
 * Opens the network, the decoder at `segment`, which is to give at most `most` frames, and the
 * ground truth, `skip` frames in.
 */
export async function openSegmentTools(
  job: JobContext,
  segment: Segment,
  most: number,
  skip: number,
): Promise<SegmentTools> {
  const { plan, signal } = job;
  const { source, settings } = plan;
  const { video } = source;
  // The decoder starts while the network is opened.
  const reader = new SegmentReader(job);
  reader.prepare(segment, most);
  let upscaler: Upscaler | undefined;
  let reference: ReferenceFrames | null = null;
  const close = async (): Promise<void> => {
    await reader[Symbol.asyncDispose]();
    await reference?.[Symbol.asyncDispose]();
    await upscaler?.[Symbol.asyncDispose]();
  };
  try {
    upscaler = await openUpscaler({
      chain: plan.chain,
      layout: frameLayout(video.format, video.width, video.height),
      siting: video.colour.siting ?? 'left',
      range: video.colour.range ?? 'tv',
      matrix: video.colour.matrix,
      provider: settings.provider,
      workers: settings.workers,
      precision: settings.precision,
      scores: plan.paths.log !== null,
      reuse: settings.reuse,
      signal,
    });
    if (settings.reference !== null) reference = await openReference(job, settings.reference, skip);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    job,
    upscaler,
    workers: settings.workers,
    reader,
    reference,
    clock: new StageClock(job.pause.now),
    [Symbol.asyncDispose]: close,
  };
}

/**
 * What to say where a segment failed because a device of its own did, and the CPU is to go on;
 * `null` for every other error, and for a device that was asked for by name (docs/adr/0003): that
 * job stops.
 */
export function noteOfLostDevice(
  error: unknown,
  plan: Pick<JobPlan, 'settings'>,
  upscaler: Pick<Upscaler, 'provider'>,
): Announcement | null {
  if (!(error instanceof VsrError) || error.code !== 'provider') return null;
  if (plan.settings.provider.name !== 'auto' || upscaler.provider === 'cpu') return null;
  return {
    kind: 'note',
    what: `provider ${upscaler.provider}`,
    why: `${error.message} The CPU made that segment again and went on from there.`,
  };
}

/** The same job with its network on the CPU. */
export function onCpu(job: JobContext): JobContext {
  const settings = { ...job.plan.settings, provider: { name: 'cpu' as const } };
  return { ...job, plan: { ...job.plan, settings } };
}
