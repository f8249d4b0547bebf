import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import type { Ffmpeg } from '../media/ffmpeg.js';
import { keyframes } from '../media/packets.js';
import { remux } from '../media/remux.js';
import { verifyOutput } from '../media/verify.js';
import { openFrameLog, readFrameLog, type LogSummary } from '../metrics/frame-log.js';
import { writeSidecar, type Sidecar } from '../metrics/sidecar.js';
import { defaultWorkers, type JobPlan } from './job-plan.js';
import { ProgressCounter, type Progress } from './progress.js';
import { openReference } from './reference.js';
import { frameLayout } from '../planes/pixel-format.js';
import { planSegments, wholeClip, type Segment } from './segment-plan.js';
import { sidecarOf } from './summary.js';
import { upscaleSegment, type SegmentContext } from './upscale-segment.js';
import { openUpscaler } from './upscaler.js';
import {
  openWorkFolder,
  type SegmentRecord,
  type StoredPlan,
  type WorkFolder,
} from './work-folder.js';

/** Clips with fewer seconds than this are not worth cutting. */
const SEGMENTS_FROM_SECONDS = 25;

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
  const { options, paths } = plan;
  await mkdir(path.dirname(paths.output), { recursive: true });
  await using folder = await openWorkFolder(
    paths.workFolder,
    paths.output,
    plan.job,
    options.restart ?? false,
    () => storedPlan(ffmpeg, plan, signal),
  );
  const counter = new ProgressCounter(
    { input: plan.input, output: paths.output, total: expectedFrames(plan) },
    onProgress,
  );
  const records = await workOff(ffmpeg, plan, folder, counter, signal);
  checkDecoding(plan, records);
  const joined = path.join(folder.path, `joined${path.extname(paths.output)}`);
  const videos = folder.plan.segments.flatMap((segment, i) =>
    (records[i]?.frames ?? 0) > 0 ? [folder.files(segment).video] : [],
  );
  await remux(ffmpeg, plan.source, plan.outputPlan, videos, joined, { signal });
  const frames = records.reduce((sum, record) => sum + record.frames, 0);
  await verifyOutput(ffmpeg, joined, { frames, plan: plan.outputPlan });
  const log = await joinLogs(plan, folder, records);
  throwIfAborted(signal, plan);
  const sidecar = sidecarOf(plan, {
    records: records,
    elapsedSeconds: counter.elapsed,
    framesThisRun: counter.frames,
    outputBytes: (await stat(joined)).size,
    log: log.summary,
  });
  // From here on nothing is computed: the log, the clip, then the sidecar that vouches for both.
  if (log.file !== null && paths.log !== null) await moveTo(log.file, paths.log);
  await rename(joined, paths.output);
  await writeSidecar(paths.sidecar, sidecar);
  await folder.remove();
  onProgress(counter.now());
  return sidecar;
}

/** The frames that will come out, as far as the container tells. */
function expectedFrames(plan: JobPlan): number | null {
  const { video, duration } = plan.source;
  const rate = video.frameRate === null ? null : video.frameRate.num / video.frameRate.den;
  const seconds = video.duration ?? duration;
  const whole =
    video.frameCount ?? (rate === null || seconds === null ? null : Math.round(rate * seconds));
  const { start = 0, end } = plan.options;
  let frames = whole;
  if (rate !== null && seconds !== null && (start > 0 || end !== undefined)) {
    frames = Math.max(0, Math.round((Math.min(end ?? seconds, seconds) - start) * rate));
  }
  const most = plan.options.frames;
  return most === undefined ? frames : Math.min(most, frames ?? most);
}

async function storedPlan(ffmpeg: Ffmpeg, plan: JobPlan, signal: AbortSignal): Promise<StoredPlan> {
  return {
    version: 1,
    job: plan.job,
    source: { path: plan.input, ...plan.identity },
    models: plan.chain.names,
    settings: plan.settings,
    segments: await cut(ffmpeg, plan, signal),
  };
}

async function cut(ffmpeg: Ffmpeg, plan: JobPlan, signal: AbortSignal): Promise<Segment[]> {
  const { source, options, range } = plan;
  const seconds = source.video.duration ?? source.duration;
  const short = seconds !== null && seconds < SEGMENTS_FROM_SECONDS;
  // A deinterlacer looks at the frames around; a cut would show.
  if (options.segments === false || options.deinterlace === true || short || source.raw !== null) {
    return wholeClip(range);
  }
  const keys = await keyframes(ffmpeg, source, signal);
  return planSegments(
    keys.map((key) => key.pts),
    source.video.timeBase,
    range,
  );
}

/** Does the segments that are not done, in order. The network is opened only if there is one. */
async function workOff(
  ffmpeg: Ffmpeg,
  plan: JobPlan,
  folder: WorkFolder,
  counter: ProgressCounter,
  signal: AbortSignal,
): Promise<SegmentRecord[]> {
  const { options, source } = plan;
  const records: SegmentRecord[] = [];
  const most = options.frames ?? Infinity;
  let frames = 0;
  const opened: AsyncDisposable[] = [];
  const use = <T extends AsyncDisposable>(resource: T): T => {
    opened.push(resource);
    return resource;
  };
  let context: SegmentContext | undefined;
  const open = async (): Promise<SegmentContext> => {
    const workers = options.workers ?? defaultWorkers();
    const upscaler = use(
      await openUpscaler({
        chain: plan.chain,
        layout: frameLayout(source.video.format, source.video.width, source.video.height),
        siting: source.video.colour.siting ?? 'left',
        range: source.video.colour.range ?? 'tv',
        provider: { name: options.provider ?? 'auto', device: options.device ?? 0 },
        workers,
        precision: options.precision ?? 'auto',
        scores: plan.paths.log !== null,
        reuse: options.reuse ?? true,
        signal,
      }),
    );
    const reference =
      options.reference === undefined
        ? null
        : use(await openReference(ffmpeg, plan, options.reference, frames, signal));
    const onFrame = (psnr: number | null): void => counter.add(psnr);
    return { ffmpeg, plan, upscaler, workers, reference, signal, onFrame };
  };
  try {
    for (const segment of folder.plan.segments) {
      throwIfAborted(signal, plan);
      if (frames >= most) break;
      const earlier = await folder.finished(segment);
      if (earlier !== null) {
        records.push(earlier);
        counter.skip(earlier.frames);
      } else {
        context ??= await open();
        const record = await upscaleSegment(context, segment, folder.files(segment), most - frames);
        await folder.finish(segment, record);
        records.push(record);
      }
      frames += records.at(-1)!.frames;
    }
    return records;
  } finally {
    for (const resource of opened.reverse()) await resource[Symbol.asyncDispose]();
  }
}

function throwIfAborted(signal: AbortSignal, plan: JobPlan): void {
  if (signal.aborted)
    throw new VsrError('interrupted', `Interrupted while enlarging ${plan.input}.`);
}

/** Throws unless what was decoded may count as the whole clip. */
function checkDecoding(plan: JobPlan, records: readonly SegmentRecord[]): void {
  const frames = records.reduce((sum, record) => sum + record.frames, 0);
  const said = records.flatMap((record) => record.messages);
  const why = said.length === 0 ? '' : ` ffmpeg says: ${said.at(-1)}`;
  if (frames === 0) {
    throw new VsrError('media', `No frame of ${plan.input} could be decoded.${why}`);
  }
  const cutOff = records.findIndex((record) => record.truncated);
  if (cutOff >= 0 && plan.options.allowTruncated !== true) {
    const at = records.slice(0, cutOff + 1).reduce((sum, record) => sum + record.frames, 0);
    throw new VsrError(
      'media',
      `${plan.input} is truncated: it breaks off after frame ${at - 1}.${why} Keep what decodes with --allow-truncated.`,
    );
  }
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
  for (const [i, segment] of folder.plan.segments.entries()) {
    const record = records[i];
    if (record === undefined || record.frames === 0) continue;
    for await (const row of readFrameLog(folder.files(segment).rows)) {
      await log.write({ ...row, frame: first + row.frame });
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
