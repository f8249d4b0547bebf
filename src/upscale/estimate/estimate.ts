import path from 'node:path';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { largeCodecs } from '../../media/formats/encoders.js';
import { framesPerSecond } from '../../planes/ratio.js';
import type { Settings } from '../plan/settings.js';
import { freeBytes } from '../limits/disk-space.js';
import { expectedFrames, workersOf } from '../plan/expected-frames.js';
import { hashOf } from '../plan/identity.js';
import type { JobPlan } from '../plan/job-plan.js';
import type { StillPlan } from '../plan/still-plan.js';
import { knownSpeed, rememberSpeed, type Speed } from './known-speeds.js';
import { speedTrial } from './speed-trial.js';

/** What a job will take, as far as it can be told before its start. */
export type JobEstimate = {
  /** Frames that will come out; `null` where the source does not say. */
  readonly frames: number | null;
  /** Seconds until it is done on this machine, if nothing else runs there; `null` where unknown. */
  readonly seconds: number | null;
  /** Bytes of the finished output; `null` where the source does not say how long it is. */
  readonly outputBytes: number | null;
  /** Bytes needed on the disk meanwhile: segments and the output lie side by side for a moment. */
  readonly neededBytes: number;
  /** Bytes free where the output goes; `null` where the system does not say. */
  readonly freeBytes: number | null;
};

/** When a trial of a second or two is run. */
export type TrialWish =
  /** Whenever no earlier job tells the speed. */
  | 'always'
  /** Where the job takes much longer than the trial. */
  | 'long jobs';

/** Jobs of at least this many samples of larger luma count as long: about half a minute's work. */
const longJobSamples = 300e6;

/** Bits per sample of luma in an output, assumed until a job of its kind has finished here. */
const usualBits = { lossless: 6, lossy: 0.15, still: 12 } as const;

/** Everything that decides how fast a job is, except what the pictures show. */
function keyOf(plan: JobPlan | StillPlan): string {
  const { chain, settings, size } = plan;
  const { provider, precision } = settings;
  const workers = plan.kind === 'clip' ? workersOf(plan) : 1;
  const output = plan.kind === 'clip' ? plan.outputPlan : null;
  return hashOf({
    ...{ models: chain.sha256s, size, provider, workers, precision },
    ...{ encoder: output?.encoder ?? 'still', encoderArgs: output?.encoderArgs ?? [] },
    log: plan.paths.log !== null,
    // Where the network does not act, it does not run. Left out without a mask: known speeds stay.
    ...(plan.mask === null ? {} : { mask: plan.mask.sha256 }),
  });
}

function usualBitsOf(plan: JobPlan | StillPlan): number {
  if (plan.kind === 'still') return usualBits.still;
  const { codec } = plan.outputPlan;
  return largeCodecs.has(codec) ? usualBits.lossless : usualBits.lossy;
}

/** The speed by earlier jobs or a trial; `null` where there is neither. */
async function speedOf(
  ffmpeg: Ffmpeg,
  plan: JobPlan | StillPlan,
  wish: TrialWish,
  signal: AbortSignal,
): Promise<Speed | null> {
  const key = keyOf(plan);
  const known = await knownSpeed(key);
  if (known !== null) return known;
  const { width, height } = plan.size;
  const samples = width * height * (framesOf(plan) ?? Infinity);
  if (wish === 'long jobs' && samples < longJobSamples) return null;
  try {
    const secondsPerFrame = await speedTrial(ffmpeg, plan, signal);
    const seen = { secondsPerFrame, bitsPerSample: null };
    await rememberSpeed(key, seen);
    return seen;
  } catch {
    return null; // The job itself will say why it cannot run.
  }
}

const framesOf = (plan: JobPlan | StillPlan): number | null =>
  plan.kind === 'clip' ? expectedFrames(plan) : 1;

/**
 * How long a planned job will take here, how large its output becomes, and what is free for it.
 * Speeds come from earlier jobs of the same model and size, otherwise from a trial of a second or
 * two where `wish` allows one; they are kept in the user's cache folder. Never rejects.
 */
export async function estimateJob(
  ffmpeg: Ffmpeg,
  plan: JobPlan | StillPlan,
  wish: TrialWish,
  signal: AbortSignal,
): Promise<JobEstimate> {
  const frames = framesOf(plan);
  const [speed, free] = await Promise.all([
    speedOf(ffmpeg, plan, wish, signal),
    freeBytes(path.dirname(plan.paths.output)),
  ]);
  const { width, height } = plan.size;
  const bits = speed?.bitsPerSample ?? usualBitsOf(plan);
  const video =
    frames === null ? null : (ratedBytes(plan, frames) ?? (frames * width * height * bits) / 8);
  const copied = plan.kind === 'clip' ? copiedBytes(plan) : 0;
  return {
    frames,
    seconds: speed === null || frames === null ? null : speed.secondsPerFrame * frames,
    outputBytes: video === null ? null : Math.round(video + copied),
    neededBytes: video === null ? plan.estimatedBytes : Math.round(2 * video + copied),
    freeBytes: free,
  };
}

/** Bytes of the video where its rate was set; `null` where its quality was. */
function ratedBytes(plan: JobPlan | StillPlan, frames: number): number | null {
  if (plan.kind === 'still' || plan.outputPlan.bitrate === undefined) return null;
  return (plan.outputPlan.bitrate * frames) / framesPerSecond(plan.outputPlan.frameRate) / 8;
}

/** What an estimate needs besides the plan. */
type Asking = {
  readonly ffmpeg: Ffmpeg;
  readonly settings: Settings;
  readonly signal: AbortSignal;
};

/** Estimates a job. A dry run always makes a trial; a real job only where the trial is worth it. */
export function estimateFor(
  { ffmpeg, settings, signal }: Asking,
  plan: JobPlan | StillPlan,
): Promise<JobEstimate> {
  return estimateJob(ffmpeg, plan, settings.dryRun ? 'always' : 'long jobs', signal);
}

/** Bytes of what is copied beside the video, as the streams state their rates. */
function copiedBytes({ source, outputPlan }: JobPlan): number {
  const seconds = source.video.duration ?? source.duration ?? 0;
  return outputPlan.streams.reduce((sum, { index, action }) => {
    const stream = source.streams.find((each) => each.index === index);
    if (action === 'drop' || action === 'encode') return sum;
    return sum + ((stream?.bitRate ?? 0) * (stream?.duration ?? seconds)) / 8;
  }, 0);
}

/** The speed of jobs with fewer frames is not remembered: most of their time is the start. */
const leastFrames = 25;

/** Remembers how fast a finished job was, and how large its output became. */
export async function learnFrom(
  plan: JobPlan | StillPlan,
  run: { readonly frames: number; readonly seconds: number; readonly outputBytes: number },
): Promise<void> {
  const total = framesOf(plan);
  if (run.frames < leastFrames || total === null) return;
  const { width, height } = plan.size;
  const copied = plan.kind === 'clip' ? copiedBytes(plan) : 0;
  const bits = (8 * Math.max(0, run.outputBytes - copied)) / (total * width * height);
  await rememberSpeed(keyOf(plan), {
    secondsPerFrame: run.seconds / run.frames,
    bitsPerSample: bits > 0 ? bits : null,
  });
}
