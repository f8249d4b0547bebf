import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import type { Ffmpeg } from '../media/program/ffmpeg.js';
import { promisedFrames } from '../media/source/promised-frames.js';
import { remux } from '../media/join/remux.js';
import { verifyOutput } from '../media/join/verify.js';
import { openFrameLog, readFrameLog, type LogSummary } from '../metrics/frame-log.js';
import { writeSidecar, type Sidecar } from '../metrics/sidecar.js';
import { cutClip } from './segments/cut-clip.js';
import { explained } from './explain-failure.js';
import {
  checkUnchanged,
  hashOf,
  identifySource,
  stampOf,
  type FileStamp,
} from './plan/identity.js';
import type { JobPlan } from './plan/job-plan.js';
import { allowsDamage } from './plan/options.js';
import { ProgressCounter, type Progress } from './segments/progress.js';
import { stallTimeoutMs as stallTimeoutMsOf } from './segments/segment-reader.js';
import { allDamage, damageNotes, leadingNotes, readSource, refuseDamage } from './source-damage.js';
import { sidecarOf } from './summary.js';
import {
  openWorkFolder,
  sealedSidecar,
  type SegmentRecord,
  type WorkFolder,
} from './segments/work-folder.js';
import { throwIfAborted, workOff } from './segments/run-segments.js';

/**
 * Enlarges one clip as planned: segment by segment into the work folder, then everything that is not
 * video beside it, checked, and only then under the output's name. Finished segments of an earlier run
 * are kept. Throws VsrError; whatever happens, the output's name holds a whole file or what it held.
 */
export async function upscaleFile(
  ffmpeg: Ffmpeg,
  plan: JobPlan,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Sidecar> {
  const { paths } = plan;
  const stamp = await stampOf(plan.input);
  const job = {
    version: 1,
    job: plan.job,
    sourceModifiedMs: stamp.modifiedMs,
    source: { path: plan.input, ...plan.identity },
    models: plan.chain.names,
    settings: plan.settings,
  } as const;
  await mkdir(path.dirname(paths.output), { recursive: true }).catch(async (error: unknown) => {
    throw await explained(error, plan, null, stamp);
  });
  await using folder = await openWorkFolder(
    paths.workFolder,
    paths.output,
    job,
    plan.options.restart ?? false,
    () => cutClip(ffmpeg, plan, signal),
  ).catch(async (error: unknown) => {
    throw error instanceof VsrError ? error : await explained(error, plan, null, stamp);
  });
  try {
    const sidecar =
      (await sealedSidecar(folder.path, plan.job, paths.output)) ??
      (await makeOutput(ffmpeg, plan, folder, stamp, signal, onProgress));
    await writeSidecar(paths.sidecar, sidecar);
    await folder.remove();
    return sidecar;
  } catch (error) {
    throw await explained(error, plan, folder.path, stamp);
  }
}

/** Does what is left to do; the output and its log then have their names, and the sidecar is to follow. */
async function makeOutput(
  ffmpeg: Ffmpeg,
  plan: JobPlan,
  folder: WorkFolder,
  stamp: FileStamp,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Sidecar> {
  const { paths } = plan;
  const counter = new ProgressCounter(
    { input: plan.input, output: paths.output, total: expectedFrames(plan) },
    onProgress,
  );
  // Meanwhile, since it takes no time to speak of: sound and subtitles are only copied in the end.
  const reading = readSource(ffmpeg, plan, signal);
  reading.catch(() => {}); // Thrown below.
  const { records, stages } = await workOff(ffmpeg, plan, folder, counter, stamp, signal);
  const report = await reading;
  checkDecoded(plan, records);
  const allowed = allowsDamage(plan.options);
  const damages = allDamage(plan, records, report);
  refuseDamage(plan, damages, allowed);
  const stallTimeoutMs = stallTimeoutMsOf(plan);
  // A process of its own name: an ffmpeg that outlived a killed vsr must not write into this one's file.
  const joined = path.join(folder.path, `joined.${process.pid}${path.extname(paths.output)}`);
  const videos = folder.plan.segments.flatMap((segment, i) =>
    (records[i]?.frames ?? 0) > 0 ? [folder.files(segment).video] : [],
  );
  const late = await remux(ffmpeg, plan.source, plan.outputPlan, videos, joined, {
    signal,
    stallTimeoutMs,
    allowDamaged: allowed,
  });
  const frames = records.reduce((sum, record) => sum + record.frames, 0);
  await verifyOutput(ffmpeg, joined, { frames, plan: plan.outputPlan, stallTimeoutMs });
  const log = await joinLogs(plan, folder, records);
  await checkUnchanged(plan.input, stamp);
  const identity = await identifySource(plan.input, allowed);
  if (hashOf(identity) !== hashOf(plan.identity)) {
    throw new VsrError(
      'media',
      `${plan.input} was replaced while it was being enlarged. Run the command again with --restart.`,
    );
  }
  throwIfAborted(signal, plan);
  const sidecar = sidecarOf(plan, {
    records,
    late: [...leadingNotes(plan, report), ...damageNotes(plan, damages), ...late],
    damages,
    elapsedSeconds: counter.elapsed,
    stages,
    framesThisRun: counter.frames,
    outputBytes: (await stat(joined)).size,
    log: log.summary,
  });
  await folder.seal(joined, sidecar);
  // From here on nothing is computed: the log, the clip, then the sidecar that vouches for both.
  if (log.file !== null && paths.log !== null) await moveTo(log.file, paths.log);
  await rename(joined, paths.output);
  onProgress(counter.now());
  return sidecar;
}

/** The frames that will come out, as far as the container tells. */
function expectedFrames(plan: JobPlan): number | null {
  const { video, duration } = plan.source;
  const rate = video.frameRate === null ? null : video.frameRate.num / video.frameRate.den;
  const seconds = video.duration ?? duration;
  const whole =
    promisedFrames(plan.source) ??
    (rate === null || seconds === null ? null : Math.round(rate * seconds));
  const { start = 0, end } = plan.options;
  let frames = whole;
  if (rate !== null && seconds !== null && (start > 0 || end !== undefined)) {
    frames = Math.max(0, Math.round((Math.min(end ?? seconds, seconds) - start) * rate));
  }
  const most = plan.options.frames;
  return most === undefined ? frames : Math.min(most, frames ?? most);
}

/** Throws unless there is something to join. */
function checkDecoded(plan: JobPlan, records: readonly SegmentRecord[]): void {
  if (records.some(({ frames }) => frames > 0)) return;
  const said = records.flatMap((record) => record.messages).at(-1);
  const why = said === undefined ? '' : ` ffmpeg says: ${said.replace(/\.?$/, '.')}`;
  throw new VsrError('media', `No frame of ${plan.input} could be decoded.${why}`);
}

/** Joins the segments' rows into the one log, numbered through; `null` where no log is wanted. */
async function joinLogs(
  plan: JobPlan,
  folder: WorkFolder,
  records: readonly SegmentRecord[],
): Promise<{ file: string | null; summary: LogSummary | null }> {
  if (plan.paths.log === null) return { file: null, summary: null };
  const file = path.join(folder.path, `joined-log${path.extname(plan.paths.log)}`);
  await using log = await openFrameLog(file);
  let first = 0;
  let start: { readonly pts: number; readonly ptsTime: number } | undefined;
  for (const [i, segment] of folder.plan.segments.entries()) {
    const record = records[i];
    if (record === undefined || record.frames === 0) continue;
    for await (const row of readFrameLog(folder.files(segment).rows)) {
      // A clip cut at its start counts its times from its first frame.
      start ??= plan.options.start === undefined ? { pts: 0, ptsTime: 0 } : row;
      await log.write({
        ...row,
        frame: first + row.frame,
        pts: row.pts - start.pts,
        ptsTime: row.ptsTime - start.ptsTime,
      });
    }
    first += record.frames;
  }
  return { file, summary: await log.finish() };
}

/** Renames, also to another disk; there under a temporary name first. */
async function moveTo(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const draft = `${to}.${process.pid}.part`;
    await copyFile(from, draft);
    await rename(draft, to);
    await rm(from);
  }
}
