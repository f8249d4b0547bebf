import { openUpscaler, type Upscaled, type Upscaler } from '../../enlarge/upscaler.js';
import { VsrError } from '../../errors.js';
import type { Announcement } from '../../media/output/output-plan.js';
import type { Frame } from '../../planes/frame.js';
import { frameLayout } from '../../planes/pixel-format.js';
import { STEADY_REACH } from '../../enlarge/steady/steady-luma.js';
import { isSteadied } from '../plan/model-choice.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { JobContext } from './job-context.js';
import { openReference, type ReferenceFrames } from './reference.js';
import type { Segment } from './segment-plan.js';
import { SegmentReader } from './segment-reader.js';
import { StageClock } from './stage-clock.js';
import { workersOf } from '../plan/expected-frames.js';

/** A frame, the ground truth of its enlargement, and the enlarged frame. */
export type EnlargedFrame = {
  readonly source: Frame;
  readonly reference: Frame | undefined;
  readonly larger: Upscaled;
};

/**
 * Keeps the memory of the last frames: the next ones, even those of the next segment, may be
 * compared with them, copied from them, and averaged with them.
 */
export class Trail {
  readonly #length: number;
  readonly #release: (frame: EnlargedFrame) => void;
  #frames: EnlargedFrame[] = [];

  /** Keeps the last `length` frames; `release` gives the memory of one back. */
  constructor(length: number, release: (frame: EnlargedFrame) => void) {
    this.#length = length;
    this.#release = release;
  }

  /** Keeps `frame`, and releases the oldest one. */
  follow(frame: EnlargedFrame): void {
    this.#frames.push(frame);
    if (this.#frames.length > this.#length) this.#release(this.#frames.shift()!);
  }

  /** The sources of the kept frames, the oldest first. */
  sources(): readonly Frame[] {
    return this.#frames.map(({ source }) => source);
  }

  /** Releases all: the next frame does not follow them. */
  drop(): void {
    for (const frame of this.#frames) this.#release(frame);
    this.#frames = [];
  }
}

/** The tools that make the segments of one job. */
export interface SegmentTools extends AsyncDisposable {
  readonly job: JobContext;
  readonly upscaler: Upscaler;
  /** Inference threads. */
  readonly workers: number;
  readonly reader: SegmentReader;
  /** Frames of the ground truth, in the order of the clip's; `null` where there is none. */
  readonly reference: ReferenceFrames | null;
  readonly trail: Trail;
  /** Where the time goes. */
  readonly clock: StageClock;
}

/** A network; disposing gives it back to its owner. */
export interface OpenNetwork extends AsyncDisposable {
  readonly upscaler: Upscaler;
}

/** Opens the network of a job, for it alone. */
export async function openNetwork({ plan, signal }: JobContext): Promise<OpenNetwork> {
  const { source, settings } = plan;
  const { video } = source;
  const upscaler = await openUpscaler({
    chain: plan.chain,
    layout: frameLayout(video.format, video.width, video.height),
    siting: video.colour.siting ?? 'left',
    chroma: settings.chroma,
    range: video.colour.range ?? 'tv',
    matrix: video.colour.matrix,
    provider: settings.provider,
    workers: workersOf(plan),
    precision: settings.precision,
    scores: plan.paths.log !== null,
    reuse: settings.reuse,
    steady: isSteadied(plan.chain, settings),
    mask: plan.mask?.plane ?? null,
    signal,
  });
  return { upscaler, [Symbol.asyncDispose]: () => upscaler[Symbol.asyncDispose]() };
}

/**
 * Opens the network, the decoder at `segment`, which is to give at most `most` frames, and the
 * ground truth, after its first `skip` frames. `open` may give a network that serves other jobs,
 * too.
 */
export async function openSegmentTools(
  job: JobContext,
  segment: Segment,
  most: number,
  skip: number,
  open = openNetwork,
): Promise<SegmentTools> {
  const { settings } = job.plan;
  // The decoder starts while the network is opened.
  const reader = new SegmentReader(job);
  reader.prepare(segment, most);
  let network: OpenNetwork | undefined;
  let reference: ReferenceFrames | null = null;
  const close = async (trail: Trail | null): Promise<void> => {
    // Frames that a shared network has made for this job are given back.
    trail?.drop();
    try {
      await reader[Symbol.asyncDispose]();
      await reference?.[Symbol.asyncDispose]();
    } finally {
      // A stopped decoder rejects; that must not keep threads alive.
      await network?.[Symbol.asyncDispose]();
    }
  };
  try {
    network = await open(job);
    if (settings.reference !== null) reference = await openReference(job, settings.reference, skip);
  } catch (error) {
    await close(null);
    throw error;
  }
  const [larger, truth] = [network.upscaler, reference];
  const trail = new Trail(STEADY_REACH, (frame) => {
    reader.release(frame.source);
    if (frame.reference !== undefined) truth?.release(frame.reference);
    larger.release(frame.larger.frame);
  });
  return {
    job,
    upscaler: network.upscaler,
    trail,
    workers: workersOf(job.plan),
    reader,
    reference,
    clock: new StageClock(job.pause.now),
    [Symbol.asyncDispose]: () => close(trail),
  };
}

/**
 * The note for a segment that failed because vsr's choice of device failed, so that the CPU goes
 * on. `null` for every other error, and for a device that was asked for by name (docs/adr/0003):
 * that job stops.
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
