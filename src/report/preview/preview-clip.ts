import { sourceKindOf } from '../../upscale/plan/model-choice.js';
import os from 'node:os';
import type { LostEvent, NoteEvent } from '../../events.js';
import { encodeTrial, type EncodeTrial } from '../../media/encode/encode-trial.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { frameLayout } from '../../planes/pixel-format.js';
import { framesPerSecond } from '../../planes/ratio.js';
import { noteEventOf } from '../../upscale/plan-events.js';
import { expectedFrames, workersOf } from '../../upscale/plan/expected-frames.js';
import type { Input } from '../../upscale/plan/inputs.js';
import { type JobPlan, planJob } from '../../upscale/plan/job-plan.js';
import { probeInput } from '../../upscale/plan/probe-input.js';
import type { Settings } from '../../upscale/plan/settings.js';
import { isSteadied } from '../../upscale/plan/model-choice.js';
import type { Crop } from '../page/before-after.js';
import { rgbOfFrame, type RgbPicture } from '../rgb-picture.js';
import type { TellingFrame } from './frames-around.js';
import { type FrameWish, tellingFrames } from './telling-frames.js';
import { turnedChain } from '../../model/catalogue/chain.js';
import type { Motion } from './motion.js';
import { bicubicParts, busiestPart, enlargeParts, partOf } from './parts.js';
import { nextFaster, type Way, waysOf } from './ways.js';

/** A clip to preview, and what is to be shown of it. */
export type PreviewRequest = {
  readonly ffmpeg: Ffmpeg;
  readonly input: Input;
  readonly settings: Settings;
  /** Models to show; `null` for what `upscale` would take, the next better and the next faster. */
  readonly models: readonly string[] | null;
  readonly wish: Omit<FrameWish, 'isAveraged'>;
  readonly signal: AbortSignal;
};

/** A way of enlarging, and what it would take. */
export type PreviewedWay = {
  /** `bicubic`, or the model's name. */
  readonly name: string;
  readonly role: string;
  /** The options by which `vsr upscale` takes it; `null` for bicubic and the default. */
  readonly asked: string | null;
  /** What runs: `cpu fp32`, `cuda:0 fp16`; `null` for bicubic. */
  readonly runs: string | null;
  /** Seconds that the whole clip would take; `null` where unknown. */
  readonly seconds: number | null;
};

/** One frame, by each way. */
export type PreviewedFrame = {
  /** Seconds after the clip's beginning. */
  readonly time: number;
  /** The whole source picture. */
  readonly source: RgbPicture;
  /** The part of the source that was enlarged. */
  readonly part: Crop;
  /** That part by each way, in the order of `ways`. */
  readonly larger: readonly RgbPicture[];
};

/** All that a page says about one clip. */
export type ClipPreview = {
  readonly clip: string;
  readonly output: string;
  readonly sourceSize: { readonly width: number; readonly height: number };
  readonly size: { readonly width: number; readonly height: number };
  readonly scale: number;
  readonly encoder: string;
  /** Why the default is what it is. */
  readonly reason: string;
  /** Bicubic first, then what would be taken. */
  readonly ways: readonly PreviewedWay[];
  /** Threads that the times are for. */
  readonly threads: number;
  /** Frames that would come out; `null` where unknown. */
  readonly frameCount: number | null;
  /** Bytes of the output, an estimate; `null` where unknown. */
  readonly bytes: number | null;
  readonly notes: readonly (NoteEvent | LostEvent)[];
  /** Degrees clockwise by which a player rotates the picture. */
  readonly rotation: number;
  readonly frames: readonly PreviewedFrame[];
  /** A short part, enlarged as `upscale` would; `null` where none was asked for. */
  readonly motion: Motion | null;
};

/** Why `upscale` takes this model, in a sentence. */
function reasonOf(plan: JobPlan): string {
  const { settings, chain, compression } = plan;
  const named = [...new Set(chain.names)].join(' + ');
  if (settings.model !== null || compression === null) return `${named}, as --model asks.`;
  const kind = compression.isCompressed
    ? `the clip is ${sourceKindOf(compression)} (${compression.by}), and a network trained on such clips cleans it as well`
    : `the clip is hardly compressed (${compression.by})`;
  const eight = named.includes('int8')
    ? '; its 8-bit copy, which hardly shows and is faster on this processor'
    : '';
  return `${named}: ${kind}${eight}.`;
}

/** Bytes of the whole output, taking a key frame every ten seconds, with what is copied. */
function bytesOf(plan: JobPlan, frames: number, trial: EncodeTrial): number {
  const { source } = plan;
  const keys = Math.ceil(frames / Math.max(1, 10 * framesPerSecond(source.video.frameRate)));
  const seconds = source.video.duration ?? source.duration ?? 0;
  const copied = source.streams
    .filter(({ index }) => index !== source.video.index)
    .reduce((sum, { bitRate }) => sum + ((bitRate ?? 0) * seconds) / 8, 0);
  return Math.round(keys * trial.bytesPerKey + (frames - keys) * trial.bytesPerFrame + copied);
}

/** Times of the first, the middle and the last shown frame, since parts of a clip differ. */
function trialTimes(found: readonly TellingFrame[]): number[] {
  const places = [0, found.length >> 1, found.length - 1];
  return [...new Set(places)].map((place) => Math.max(0, found[place]!.time));
}

/** The ways to show; dials are set to how strongly the clip is compressed. */
async function turnedWays(plan: JobPlan, models: readonly string[] | null): Promise<Way[]> {
  const ways = await waysOf(plan.chain, models, plan.settings);
  const strength = plan.compression?.strength ?? 0;
  return Promise.all(
    ways.map(async (way) => ({ ...way, chain: await turnedChain(way.chain, strength) })),
  );
}

/** Looks at a clip, decides everything about its enlargement, and enlarges a few of its frames. */
export async function previewClip(request: PreviewRequest): Promise<Omit<ClipPreview, 'motion'>> {
  const { ffmpeg, input, settings, signal } = request;
  const plan = await planJob(request, await probeInput(ffmpeg, input, settings, signal));
  const { source, chain } = plan;
  const { video } = source;
  const ways = await turnedWays(plan, request.models);
  // Networks that average over frames need those around each.
  const isAveraged = ways.some((way) => isSteadied(way.chain, settings));
  const found = await tellingFrames(ffmpeg, source, { ...request.wish, isAveraged }, signal);
  const layout = frameLayout(video.format, video.width, video.height);
  // Its figures are of CPU time, which what is done beside it hardly changes.
  const trying = encodeTrial(ffmpeg, plan, trialTimes(found), signal);
  // A failure is met where the result is awaited.
  trying.catch(() => undefined);
  const looked: { frame: TellingFrame; picture: RgbPicture; part: Crop }[] = [];
  for (const frame of found) {
    const picture = rgbOfFrame(frame.data, layout, video.colour);
    looked.push({ frame, picture, part: await busiestPart(picture, chain.scale) });
  }
  const parts = looked.map(({ frame, part }) => partOf(frame, part, layout));
  const plain = bicubicParts(parts, plan);
  const trial = await trying;
  const frameCount = expectedFrames(plan);
  const threads = Math.min(workersOf(plan), os.availableParallelism());
  const whole = (secondsPerFrame: number): number | null =>
    frameCount === null || trial === null
      ? null
      : (frameCount * (secondsPerFrame + trial.secondsPerFrame)) / threads;
  const none = { asked: null, runs: null, seconds: null };
  const shown: PreviewedWay[] = [{ name: 'bicubic', role: 'plain enlargement', ...none }];
  const pictures: (readonly RgbPicture[])[] = [plain];
  for (const way of ways) {
    const made = await enlargeParts(parts, way.chain, plan, signal);
    const { name, asked } = way;
    const seconds = whole(made.secondsPerFrame);
    const isSlower = seconds !== null && seconds >= (shown[1]?.seconds ?? Infinity);
    const role = way.role === nextFaster && isSlower ? 'smaller, but not faster here' : way.role;
    shown.push({ name, role, asked, runs: made.runs, seconds });
    pictures.push(made.pictures);
  }
  return {
    clip: plan.input,
    output: plan.paths.output,
    sourceSize: { width: video.width, height: video.height },
    size: plan.size,
    scale: chain.scale,
    encoder: plan.outputPlan.encoder,
    reason: reasonOf(plan),
    ...{ ways: shown, threads, frameCount },
    bytes: frameCount === null || trial === null ? null : bytesOf(plan, frameCount, trial),
    notes: plan.announcements.map((each) => noteEventOf(plan.input, each)),
    rotation: video.rotation,
    frames: looked.map(({ frame, picture, part }, i) => ({
      ...{ time: frame.time, source: picture, part },
      larger: pictures.map((all) => all[i]!),
    })),
  };
}
