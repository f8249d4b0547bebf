import path from 'node:path';
import type { Damage } from '../../media/damage/damage.js';
import type { Announcement } from '../../media/output/output-plan.js';
import type { LogSummary } from '../../metrics/frame-log.js';
import { sidecarVersion, type Sidecar, type SidecarLogFile } from '../../metrics/sidecar.js';
import type { StageSeconds } from '../../metrics/sidecar-schema.js';
import { version } from '../../version.js';
import { decodingNotes } from './decoding-notes.js';
import type { JobPlan } from '../plan/job-plan.js';
import { askedIn } from '../plan/settings.js';
import type { SegmentRecord } from '../segments/segment-record.js';

/** The facts for a sidecar that only the run itself knows. */
export type RunFacts = {
  readonly records: readonly SegmentRecord[];
  readonly elapsedSeconds: number;
  /** `null` where nothing was left to enlarge. */
  readonly stages: StageSeconds | null;
  /** Frames done in this run, without those of earlier ones. */
  readonly framesThisRun: number;
  readonly outputBytes: number;
  /** Hashes over samples of the finished output, and of the source as it is at the end. */
  readonly samples: { readonly output: string; readonly source: string };
  readonly sourceModifiedMs: number;
  readonly logFile: SidecarLogFile | null;
  readonly log: LogSummary | null;
  /** What of the source is missing or broken. */
  readonly damages: readonly Damage[];
  /** Notes on what became known only during the run, such as what the output lacks. */
  readonly late: readonly Announcement[];
};

/** Numbers, within the whole clip, of the frames that the decoder reported as damaged. */
function damagedFrames(records: readonly SegmentRecord[]): number[] {
  const all: number[] = [];
  let first = 0;
  for (const record of records) {
    all.push(...record.damagedFrames.map((frame) => first + frame));
    first += record.frames;
  }
  return all;
}

/** When the first frame is shown, in seconds on the source's clock; 0 without one. */
export function firstFrameSeconds({ source }: JobPlan, records: readonly SegmentRecord[]): number {
  const { num, den } = source.video.timeBase;
  const first = records.find((record) => record.firstPts !== null)?.firstPts ?? 0;
  return (first * num) / den;
}

/** The sidecar of a finished job. */
export function sidecarOf(plan: JobPlan, run: RunFacts): Sidecar {
  const { source, chain, outputPlan, paths, identity } = plan;
  const frames = run.records.reduce((sum, record) => sum + record.frames, 0);
  const reused = run.records.reduce((sum, record) => sum + record.reused * record.frames, 0);
  const providers = new Set(run.records.map((record) => record.provider));
  const beside = paths.log !== null && path.dirname(paths.log) === path.dirname(paths.output);
  return {
    schemaVersion: sidecarVersion,
    vsr: version(),
    job: plan.job,
    source: {
      path: plan.input,
      ...identity,
      modifiedMs: run.sourceModifiedMs,
      samplesSha256: run.samples.source,
      width: source.video.width,
      height: source.video.height,
      pixelFormat: source.video.sourceFormat,
      firstFrameTime: firstFrameSeconds(plan, run.records),
      damagedFrames: damagedFrames(run.records),
      ...(run.damages.length === 0 ? {} : { damage: run.damages }),
      streams: source.streams.map(({ index, kind, codec, language, title }) => ({
        index,
        kind,
        codec,
        language,
        title,
      })),
    },
    scan: plan.scan,
    reference: plan.settings.reference,
    ...(plan.mask === null ? {} : { mask: plan.mask.path }),
    output: {
      path: paths.output,
      width: outputPlan.codedWidth,
      height: outputPlan.codedHeight,
      frames,
      sizeBytes: run.outputBytes,
      samplesSha256: run.samples.output,
    },
    model: {
      passes: chain.passes.map((pass) => ({
        name: pass.name,
        sha256: pass.sha256,
        scale: pass.scale,
      })),
    },
    provider: [...providers].join(' + '),
    precision: [...new Set(run.records.map((record) => record.precision))].join(' + '),
    settings: { ...plan.deciding, asked: askedIn(plan.settings) },
    elapsedSeconds: run.elapsedSeconds,
    ...(run.stages === null ? {} : { stages: run.stages }),
    fps: run.framesThisRun / Math.max(run.elapsedSeconds, 1e-3),
    reusedShare: reused / Math.max(frames, 1),
    psnr: run.log?.psnr ?? null,
    flicker: run.log?.flicker ?? null,
    missing: [...plan.announcements, ...decodingNotes(run.records, source.video), ...run.late],
    log: paths.log === null ? null : beside ? path.basename(paths.log) : path.resolve(paths.log),
    logFile: run.logFile,
    colourPath: chain.passes.some((pass) => pass.colour === 'rgb') ? 'rgb' : 'yuv',
    created: new Date().toISOString(),
  };
}
