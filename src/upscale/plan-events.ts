import type { LostEvent, NoteEvent, PlanEvent } from '../events.js';
import type { StreamPlan } from '../media/output/stream-plan.js';
import type { Scan } from '../media/scan/scan.js';
import type { Still } from '../media/still/still.js';
import type { SidecarAnnouncement, SidecarPicture } from '../metrics/sidecar.js';
import { codecName, kindOf } from '../media/tracks/stream-names.js';
import type { JobEstimate } from './estimate/estimate.js';
import { scanLines } from './footage/scan-lines.js';
import type { Mask } from './mask/mask-choice.js';
import { expectedFrames } from './plan/expected-frames.js';
import type { JobPlan } from './plan/job-plan.js';
import type { StillPlan } from './plan/still-plan.js';

/** What was decided about a clip or picture, as plain values. */
export type UpscalePlan = {
  readonly kind: 'clip' | 'still';
  /** Samples of the source. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Samples of the output. */
  readonly width: number;
  readonly height: number;
  /** Names of the models, one for each pass. */
  readonly models: readonly string[];
  /** Bytes that the output and the work folder may need together; an estimate. */
  readonly estimatedBytes: number;
  /** What the job will take; `null` where an earlier one has done it all. */
  readonly estimate: JobEstimate | null;
  /** The picture that says where the network acts; absent without one. */
  readonly mask?: PlannedMask;
  /** Of pictures: format, depth, colour and the like, as in the sidecar. */
  readonly picture?: SidecarPicture;
  /** Of clips: ffmpeg's name of the encoder and the container. */
  readonly encoder?: string;
  readonly container?: string;
  /** Of clips: what becomes of each stream of the source. */
  readonly streams?: readonly PlannedStream[];
  /** Of clips: the result of the scan. */
  readonly scan?: Scan;
  /** Of clips: the same, as lines for people. */
  readonly found?: readonly string[];
};

/** The picture that says where the network acts. */
export type PlannedMask = {
  readonly path: string;
  /** In hex, of the file. */
  readonly sha256: string;
  /** The network's share in the picture, 0 to 1. */
  readonly share: number;
};

/** A stream of the source and what becomes of it. */
export type PlannedStream = StreamPlan & {
  /** `video`, `audio`, `subtitle`, `data` or `attachment`. */
  readonly kind: string;
  /** Its codec in the source, or the tag that stands for one that ffmpeg has no name for. */
  readonly from: string;
};

/** What a picture is, as plain values. */
export function pictureFacts({ format, deep, grey, cmyk, alpha, metadata }: Still): SidecarPicture {
  return {
    ...{ format, alpha },
    bitDepth: deep ? 16 : 8,
    colour: cmyk ? 'cmyk' : grey ? 'grey' : 'rgb',
    profile: metadata.icc !== null,
    dpi: metadata.density,
  };
}

const factsOfMask = ({ path, sha256, share }: Mask): PlannedMask => ({ path, sha256, share });

function factsOf(plan: JobPlan | StillPlan, estimate: JobEstimate | null): UpscalePlan {
  const source = plan.kind === 'clip' ? plan.source.video : plan.still.layout;
  const both = {
    kind: plan.kind,
    sourceWidth: source.width,
    sourceHeight: source.height,
    width: plan.size.width,
    height: plan.size.height,
    models: plan.chain.names,
    estimatedBytes: plan.estimatedBytes,
    estimate,
    ...(plan.mask === null ? {} : { mask: factsOfMask(plan.mask) }),
  };
  if (plan.kind === 'still') return { ...both, picture: pictureFacts(plan.still) };
  const { encoder, container, streams } = plan.outputPlan;
  const { fields, runs } = plan.source.video;
  return {
    ...both,
    ...{ encoder, container },
    streams: streams.map((stream) => {
      const info = plan.source.streams[stream.index];
      const from = info === undefined ? '' : codecName(info);
      return { ...stream, kind: info === undefined ? 'unknown' : kindOf(info), from };
    }),
    scan: plan.scan,
    found: scanLines(plan.scan, plan.sourceRate, fields !== null || runs !== null),
  };
}

/** The event that reports a plan; `estimate` is `null` if an earlier job has done it all. */
export function planEventOf(
  plan: JobPlan | StillPlan,
  estimate: JobEstimate | null,
): PlanEvent<UpscalePlan> {
  return {
    event: 'plan',
    clip: plan.input,
    output: plan.paths.output,
    frames: plan.kind === 'still' ? 1 : expectedFrames(plan),
    finished: estimate === null,
    facts: factsOf(plan, estimate),
  };
}

/** The event that reports what the output lacks, or what is worth knowing of it. */
export function noteEventOf(
  clip: string,
  { kind, what, why, advice, streamIndex }: SidecarAnnouncement,
): NoteEvent | LostEvent {
  const about = {
    ...{ clip, what, why },
    ...(advice === undefined ? {} : { advice }),
    ...(streamIndex === undefined ? {} : { stream: streamIndex }),
  };
  return kind === 'missing' ? { event: 'lost', ...about } : { event: 'note', kind, ...about };
}
