import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { openUpscaler, type Upscaler } from '../enlarge/upscaler.js';
import { VsrError } from '../errors.js';
import { temporaryFolder } from '../files/temporary-folder.js';
import type { Announcement } from '../media/output/stream-plan.js';
import { readStill } from '../media/still/still.js';
import { writeStill } from '../media/still/write-still.js';
import { openFrameLog } from '../metrics/frame-log.js';
import { noOrigin } from '../metrics/frame-row.js';
import { rowOf, type FrameScores } from '../metrics/frame-scores.js';
import type { BitDepth } from '../planes/pixel-format.js';
import { sidecarText, sidecarVersion, type Sidecar } from '../metrics/sidecar.js';
import { version } from '../version.js';
import { lookAtEarlier } from './earlier-output.js';
import { estimateFor } from './estimate/estimate.js';
import type { FileRequest, FileResult } from './file-request.js';
import { checkUnchanged, factsOfLog, samplesOf, stampOf } from './plan/identity.js';
import type { OutputPlaces } from './plan/names.js';
import { askedIn } from './plan/settings.js';
import { planStill, type StillPlan } from './plan/still-plan.js';
import { pictureFacts } from './plan-events.js';

/**
 * The whole way of one picture. Rejects with VsrError. Whatever happens, a whole file lies under
 * the output's name, or what lay there before.
 */
export async function upscaleStill(request: FileRequest): Promise<FileResult> {
  const decided = await planStill(request.input, request.settings);
  request.claim(decided.paths.output);
  const { plan, finished, places } = await lookAtEarlier(decided, request.reads);
  if (finished !== null) {
    request.onPlan(plan, null);
    return { status: 'skipped', summary: finished };
  }
  request.onPlan(plan, await estimateFor(request, plan));
  if (plan.settings.dryRun) return { status: 'planned', summary: null };
  return { status: 'done', summary: await makeStill(plan, places, request.signal) };
}

/** What the output lacks because its source is damaged. */
function damageNotes(damage: string | null): Announcement[] {
  if (damage === null) return [];
  return [{ kind: 'missing', what: 'part of the picture', why: `the source ${damage}` }];
}

/** Enlarges one picture. It appears under its name when it is whole. */
async function makeStill(
  plan: StillPlan,
  places: OutputPlaces,
  signal: AbortSignal,
): Promise<Sidecar> {
  const { still, paths, settings, chain } = plan;
  const startedAt = performance.now();
  if (signal.aborted) throw new VsrError('interrupted', `Interrupted before ${plan.input}.`);
  const stamp = await stampOf(plan.input);
  const { frame, damage } = await readStill(still, settings.allowDamaged);
  await using upscaler = await openUpscaler({
    chain,
    layout: still.layout,
    siting: 'center',
    chroma: settings.chroma,
    range: 'pc',
    provider: settings.provider,
    workers: 1,
    precision: settings.precision,
    scores: true,
    reuse: false,
    mask: plan.mask?.plane ?? null,
    signal,
  });
  const larger = await upscaler.upscale(frame);
  await mkdir(path.dirname(paths.output), { recursive: true });
  await using folder = await temporaryFolder('still', path.dirname(paths.output));
  const draft = path.join(folder.path, `picture${path.extname(paths.output)}`);
  await writeStill(still, larger.frame, upscaler.layout, draft, paths.output);
  const ending = paths.log === null ? '.csv' : path.extname(paths.log);
  const logDraft = path.join(folder.path, `log${ending}`);
  const figures = await writeLog(logDraft, larger.scores, still.layout.format.bitDepth);
  const sidecar = await sidecarOf(plan, {
    ...{ draft, logDraft, figures, damage, upscaler, modifiedMs: stamp.modifiedMs },
    elapsedSeconds: (performance.now() - startedAt) / 1000,
  });
  await checkUnchanged(plan.input, stamp);
  await places.log?.put(logDraft);
  await places.output.put(draft);
  await places.sidecar.write(sidecarText(sidecar));
  return sidecar;
}

/** Writes the log of a picture, which has one row. */
async function writeLog(
  file: string,
  scores: FrameScores,
  bitDepth: BitDepth,
): Promise<LogFigures> {
  const log = await openFrameLog(file);
  const place = { index: 0, pts: 0, timeBase: { num: 1, den: 1 }, origin: noOrigin };
  await log.write(rowOf(place, scores, bitDepth));
  const { psnr, flicker } = await log.finish();
  return { psnr, flicker };
}

type LogFigures = Pick<Sidecar, 'psnr' | 'flicker'>;

/** What a picture was made with, and the result. */
type MadeStill = {
  /** The larger picture and its log, which do not have their names yet. */
  readonly draft: string;
  readonly logDraft: string;
  readonly figures: LogFigures;
  /** What is damaged in the source; `null` where it is whole. */
  readonly damage: string | null;
  readonly upscaler: Upscaler;
  /** When the source was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
  readonly elapsedSeconds: number;
};

/** The sidecar of a picture that was made as planned. */
async function sidecarOf(
  { input, identity, still, paths, settings, chain, size, ...plan }: StillPlan,
  { draft, logDraft, figures, damage, upscaler, modifiedMs, elapsedSeconds }: MadeStill,
): Promise<Sidecar> {
  const damages = [{ stream: null, what: `it ${damage}`, from: null, to: null }];
  return {
    schemaVersion: sidecarVersion,
    vsr: version(),
    job: plan.job,
    source: {
      path: input,
      ...identity,
      modifiedMs,
      samplesSha256: await samplesOf(input, true),
      width: still.layout.width,
      height: still.layout.height,
      pixelFormat: still.layout.format.name,
      firstFrameTime: 0,
      damagedFrames: damage === null ? [] : [0],
      ...(damage === null ? {} : { damage: damages }),
      streams: [],
      picture: pictureFacts(still),
    },
    reference: null,
    ...(plan.mask === null ? {} : { mask: plan.mask.path }),
    output: {
      path: paths.output,
      ...size,
      frames: 1,
      sizeBytes: (await stat(draft)).size,
      samplesSha256: await samplesOf(draft),
    },
    model: { passes: chain.passes.map(({ name, sha256, scale }) => ({ name, sha256, scale })) },
    provider: upscaler.provider,
    precision: upscaler.precision,
    settings: { ...plan.deciding, asked: askedIn(settings) },
    elapsedSeconds,
    fps: 1 / elapsedSeconds,
    reusedShare: 0,
    ...figures,
    missing: [...plan.announcements, ...damageNotes(damage)],
    log: paths.log === null ? null : path.resolve(paths.log),
    logFile: paths.log === null ? null : await factsOfLog(logDraft),
    colourPath: upscaler.colourPath,
    created: new Date().toISOString(),
  };
}
