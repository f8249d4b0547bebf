import { enlargedSize } from '../../planes/enlarged.js';
import { estimateBytes, spaceNotes } from '../limits/disk-space.js';
import { checkOutputPlace, namedByContainer, outputFor } from './output-place.js';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { containerFor } from '../../media/output/default-container.js';
import { muxerTrials } from '../../media/output/muxer-trial.js';
import { refuseTimeJumps } from '../../media/damage/time-jumps.js';
import { tracksLeftOut, withoutTracks } from '../../media/tracks/track-choice.js';
import { turnedFor } from '../../media/output/turned-source.js';
import {
  bitsPerPixel,
  type Compression,
  compressionOfClip,
  ofDeinterlaced,
} from '../../media/compression/compression.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import type { Announcement, OutputPlan, OutputRequest } from '../../media/output/output-plan.js';
import { planTriedOutput } from '../../media/encode/tried-output.js';
import { codecWish } from '../../media/formats/encoders.js';
import { lookAt } from '../../media/scan/look.js';
import { notExamined, type Scan } from '../../media/scan/scan.js';
import { looksCutOff } from '../../media/damage/cut-off.js';
import { asDecoded } from '../../media/decode/as-decoded.js';
import type { Source } from '../../media/source/source.js';
import type { Ratio } from '../../planes/ratio.js';
import type { Chain } from '../../model/catalogue/chain.js';
import { bitrateWithin } from '../limits/size-limit.js';
import { needsLook } from '../footage/footage-settings.js';
import { keptCompression, keptScan } from '../footage/scan-cache.js';
import { chooseTreatment, isDeinterlaced, type Treatment } from '../footage/treatment.js';
import { chooseMask, type Mask, maskedClip, maskNotes } from '../mask/mask-choice.js';
import { expectedFrames } from './expected-frames.js';
import { decidingOf, type Deciding } from './deciding.js';
import { identifySource, stampOf, type SourceIdentity } from './identity.js';
import { fileOf, type Input } from './inputs.js';
import { jobHashes } from './job-hash.js';
import { chooseModels, choiceNotes } from './model-choice.js';
import { checkNames, namedBySize, outputPaths, type OutputPaths } from './names.js';
import { checkStart, tickRange, trimOf, type TickRange } from './tick-range.js';
import type { Settings } from './settings.js';
import { chooseScale, type Size } from './target-size.js';

/** Everything that is decided about a clip before its first frame is decoded. */
export type JobPlan = {
  readonly kind: 'clip';
  /** The input as people know it; the file that is read is `source.path`. */
  readonly input: string;
  readonly paths: OutputPaths;
  readonly source: Source;
  /**
   * Frames per second of the file itself, before deinterlacing and the like; `null` where unknown.
   */
  readonly sourceRate: Ratio | null;
  readonly identity: SourceIdentity;
  /** The result of the scan: fields, film, borders, repeats. */
  readonly scan: Scan;
  readonly chain: Chain;
  /** How strongly the source is compressed; `null` where the choice of models did not need it. */
  readonly compression: Compression | null;
  /** Where the network acts; `null` for everywhere. */
  readonly mask: Mask | null;
  /** Size of the frames that the network gives. */
  readonly enlarged: Size;
  /** Size of the pictures in the output, after `to`'s reduction but before padding. */
  readonly size: Size;
  readonly outputPlan: OutputPlan;
  /** The wanted part of the clip, in ticks of the source's time base. */
  readonly range: TickRange;
  /** What will differ from the source, said before the start. */
  readonly announcements: readonly Announcement[];
  /** Bytes that the output and the work folder may need together; an estimate. */
  readonly estimatedBytes: number;
  readonly settings: Settings;
  readonly deciding: Deciding;
  /** One hash over source, models and settings: equal jobs have equal hashes. */
  readonly job: string;
  /** The hashes that earlier versions of vsr gave the same job. */
  readonly earlierJobs: readonly string[];
};

/** What planning needs besides the clip. */
export type PlanRequest = {
  readonly ffmpeg: Ffmpeg;
  readonly input: Input;
  readonly settings: Settings;
  readonly signal: AbortSignal;
};

/** What is odd or damaged about the source, and what is done about it. */
async function sourceNotes(source: Source, settings: Settings): Promise<Announcement[]> {
  const remarks = source.remarks.map((why) => ({ kind: 'note', what: 'source', why }) as const);
  return [...(await damageNotes(source, settings)), ...remarks];
}

/** Damage that the beginning and the end of the file show. */
async function damageNotes(source: Source, settings: Settings): Promise<Announcement[]> {
  if (!(await looksCutOff(source))) return [];
  return [
    {
      kind: 'note',
      what: 'source',
      why: 'the file is cut off: it is shorter than its container states',
      ...(settings.allowDamaged
        ? {}
        : {
            advice: 'If that took frames or sound, the job fails unless there is --allow-damaged.',
          }),
    },
  ];
}

/**
 * Decides everything about the enlargement of a clip that `probeInput` has looked at; writes
 * nothing.
 *
 * Throws VsrError: `option` for settings that do not fit the clip, `media` and `model` for a clip
 * or a network that cannot be used, `disk` for an output folder that cannot be written to or has
 * too little space.
 */
export async function planJob(request: PlanRequest, probed: Source): Promise<JobPlan> {
  const { ffmpeg, input, settings, signal } = request;
  checkStart(probed, settings);
  const leftOut = tracksLeftOut(probed, settings);
  const identity = await identifySource(fileOf(input), settings.allowDamaged);
  const looking = lookOnce(request, probed, identity);
  looking.catch(() => {}); // Thrown below, where it is waited for.
  await refuseTimeJumps(ffmpeg, probed, signal);
  const takes = muxerTrials(ffmpeg, probed, signal);
  const { codec } = codecWish(settings.codec);
  const { extension } = await containerFor(withoutTracks(probed, leftOut), takes, codec);
  const name = await outputFor(input, settings, namedByContainer(extension));
  const scan = await looking;
  const treatment = await treatmentOf(request, { probed, scan, identity, output: name });
  const source = turnedFor(name, asDecoded(probed, treatment));
  const chosen = await chooseModels(
    settings,
    (kind) => chooseScale(source, settings, kind),
    // The file itself, not the deinterlaced clip: its bits belong to its own pictures.
    () => compressionOnce(request, probed, identity, treatment),
    isDeinterlaced(treatment),
  );
  const { chain, size: wanted, strength, compression, notes } = chosen;
  const mask = await chooseMask(settings.mask, maskedClip(source.video));
  const enlarged = enlargedSize(source.video, chain.scale);
  const size = wanted ?? enlarged;
  const paths = await pathsOf(request, { extension, size, chain });
  const { output } = paths;
  const outputPlan = await planEncoding(request, {
    ...{ source, output, enlarged, wanted, leftOut, takes },
  });
  const estimatedBytes = estimateBytes(source, size, settings);
  const announcements: Announcement[] = [
    ...(input.gathered?.notes ?? []),
    ...outputPlan.announcements,
    ...(await sourceNotes(source, settings)),
    ...treatment.notes,
    ...notes,
    ...choiceNotes(chain, settings),
    ...maskNotes(mask, chain.scale),
    ...(await spaceNotes(path.dirname(output), source.sizeBytes, estimatedBytes)),
  ];
  const deciding = decidingOf({ settings, source, chain, outputPlan, treatment, strength, mask });
  const reference =
    settings.reference === null ? null : await identifyReference(settings.reference);
  return {
    kind: 'clip',
    input: input.path,
    paths,
    source,
    sourceRate: probed.video.frameRate,
    identity,
    scan,
    chain,
    compression,
    mask,
    enlarged,
    size,
    outputPlan,
    range: tickRange(source, settings),
    announcements,
    estimatedBytes,
    settings,
    deciding,
    ...jobHashes(deciding, { identity, models: chain.sha256s, reference, log: paths.log !== null }),
  };
}

/** The names of all files of the job, checked. */
async function pathsOf(
  { input, settings }: PlanRequest,
  by: { readonly extension: string; readonly size: Size; readonly chain: Chain },
): Promise<OutputPaths> {
  const { extension, size, chain } = by;
  const output = await outputFor(input, settings, {
    ext: extension,
    ...namedBySize(size, settings.to ?? String(chain.scale), chain.names),
  });
  await checkOutputPlace(output, fileOf(input));
  const paths = outputPaths(output, settings.log);
  checkNames(paths);
  return paths;
}

/** What is done with the clip's fields, film, repeats, borders and noise. */
async function treatmentOf(
  { ffmpeg, input, settings, signal }: PlanRequest,
  clip: {
    readonly probed: Source;
    readonly scan: Scan;
    readonly identity: SourceIdentity;
    readonly output: string;
  },
) {
  const { probed, scan, identity, output } = clip;
  const { modifiedMs } = await stampOf(fileOf(input));
  const { footage, stallTimeoutMs } = settings;
  return chooseTreatment({
    ...{ ffmpeg, source: probed, scan, settings: footage, output },
    ...{ identity: { ...identity, modifiedMs }, signal, stallTimeoutMs },
  });
}

/** How the larger frames are encoded; a limit of size becomes a rate. */
async function planEncoding(
  { ffmpeg, settings, signal }: Omit<PlanRequest, 'input'>,
  clip: {
    readonly source: Source;
    readonly output: string;
    readonly enlarged: Size;
    /** The size that `to` asks for, if it does. */
    readonly wanted: Size | null;
    readonly leftOut: OutputRequest['leftOut'];
    readonly takes: ReturnType<typeof muxerTrials>;
  },
): Promise<OutputPlan> {
  const { source, output, enlarged, wanted, leftOut, takes } = clip;
  const wish = codecWish(settings.codec);
  const request: OutputRequest = {
    output,
    codec: wish.codec,
    encoder: wish.encoder ?? undefined,
    crf: settings.crf ?? undefined,
    bitrate: settings.bitrate ?? undefined,
    preset: settings.preset ?? undefined,
    pixelFormat: settings.pixelFormat ?? undefined,
    ffmpegArgs: settings.ffmpegArgs,
    width: enlarged.width,
    height: enlarged.height,
    ...(wanted === null ? {} : { reduceTo: wanted }),
    ...trimOf(source, settings),
    leftOut,
  };
  const { encoder } = settings;
  const plan = await planTriedOutput(ffmpeg, { source, request, encoder, takes, signal });
  if (settings.sizeLimit === null) return plan;
  const frames = expectedFrames({ source, settings });
  const limits = { limit: settings.sizeLimit, frames, settings, signal };
  const bitrate = await bitrateWithin(ffmpeg, source, plan, limits);
  const within = { ...request, bitrate };
  return planTriedOutput(ffmpeg, { source, request: within, encoder, takes, signal });
}

/**
 * Scans the clip where that is needed, while other things are decided; a kept result of an earlier
 * scan is used.
 */
async function lookOnce(
  { ffmpeg, input, settings, signal }: PlanRequest,
  source: Source,
  identity: SourceIdentity,
): Promise<Scan> {
  if (!needsLook(settings.footage)) return notExamined;
  const { modifiedMs } = await stampOf(fileOf(input));
  const { stallTimeoutMs } = settings;
  return keptScan(ffmpeg, { ...identity, modifiedMs }, () =>
    lookAt(ffmpeg, source, { signal, stallTimeoutMs }),
  );
}

/** Looks at how strongly the clip is compressed, unless that was seen before. */
async function compressionOnce(
  { ffmpeg, input, signal }: PlanRequest,
  source: Source,
  identity: SourceIdentity,
  treatment: Treatment,
): Promise<Compression> {
  const { modifiedMs } = await stampOf(fileOf(input));
  const look = () => compressionOfClip(ffmpeg, source, signal);
  const bits = bitsPerPixel(source);
  const found = await keptCompression(ffmpeg, { ...identity, modifiedMs }, bits, look);
  return isDeinterlaced(treatment) ? ofDeinterlaced(found) : found;
}

async function identifyReference(file: string): Promise<SourceIdentity> {
  return identifySource(file).catch((cause: unknown) => {
    throw new VsrError('media', `Cannot read the reference ${file}. Does it exist?`, { cause });
  });
}
