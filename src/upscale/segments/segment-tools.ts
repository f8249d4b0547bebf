import { openUpscaler, type Upscaler } from '../../enlarge/upscaler.js';
import { frameLayout } from '../../planes/pixel-format.js';
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
    clock: new StageClock(),
    [Symbol.asyncDispose]: close,
  };
}
