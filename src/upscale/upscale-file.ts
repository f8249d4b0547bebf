import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { verifyOutput } from '../media/join/verify.js';
import type { Source } from '../media/source/source.js';
import type { Sidecar } from '../metrics/sidecar.js';
import { version } from '../version.js';
import { lookAtEarlier } from './earlier-output.js';
import { estimateFor, learnFrom } from './estimate/estimate.js';
import { explainFailure } from './explain-failure.js';
import type { FileRequest, FileResult } from './file-request.js';
import { checkDecoded } from './finish/check-decoded.js';
import { joinLogs } from './finish/join-logs.js';
import { joinSegments } from './finish/join-segments.js';
import { giveNames, vouch } from './finish/publish.js';
import {
  allDamage,
  damageNotes,
  leadingNotes,
  readSource,
  refuseDamage,
} from './finish/source-damage.js';
import { firstFrameSeconds, sidecarOf } from './finish/summary.js';
import { expectedFrames } from './plan/expected-frames.js';
import { factsOfLog, samplesOf, stampOf } from './plan/identity.js';
import { planJob, type JobPlan } from './plan/job-plan.js';
import type { OutputPlaces } from './plan/names.js';
import { cutClip } from './segments/cut-clip.js';
import { enlargeFrames } from './segments/enlarge-frames.js';
import { checkSource, throwIfAborted, type JobContext } from './segments/job-context.js';
import { ProgressCounter } from './segments/progress.js';
import { runSegments, type EnlargedSegment } from './segments/run-segments.js';
import type { Segment } from './segments/segment-plan.js';
import { SegmentOutput } from './segments/segment-output.js';
import { planVersion } from './segments/stored-plan.js';
import type { SegmentTools } from './segments/segment-tools.js';
import {
  openWorkFolder,
  sealedSidecar,
  type LockedWorkFolder,
  type SegmentFiles,
} from './segments/work-folder.js';

/**
 * The whole way of one clip, in the order in which it happens; each call says where to read on.
 * `probing` looks at the clip, and has begun before this page was loaded.
 *
 * Rejects with VsrError; whatever happens, the output's name holds a whole file or what it held.
 */
export async function upscaleFile(
  request: FileRequest,
  probing: Promise<Source>,
): Promise<FileResult> {
  const source = await probing;
  const decided = await planJob(request, source);
  request.claim(decided.paths.output);
  const { plan, finished, places } = await lookAtEarlier(decided, request.reads);
  if (finished !== null) {
    request.onPlan(plan, null);
    return { status: 'skipped', summary: finished };
  }
  request.onPlan(plan, await estimateFor(request, plan));
  if (plan.settings.dryRun) return { status: 'planned', summary: null };

  const opened = await openJob(request, plan);
  await using folder = await openFolder(opened);
  const job = { ...opened, signal: AbortSignal.any([opened.signal, folder.lost]) };
  try {
    const sealed = await sealedSidecar(folder.path, plan.job, plan.paths.output);
    const sidecar = sealed ?? (await makeOutput(job, folder, places));
    await vouch(folder, sidecar, places.sidecar);
    return { status: 'done', summary: sidecar };
  } catch (error) {
    if (folder.lost.aborted) throw folder.lost.reason;
    throw await explainFailure(error, job, folder.path);
  }
}

/**
 * Makes what earlier runs have left to do: segment by segment, then all that is not video, checked,
 * and named.
 */
async function makeOutput(
  job: JobContext,
  folder: LockedWorkFolder,
  places: OutputPlaces,
): Promise<Sidecar> {
  const { ffmpeg, plan, progress } = job;
  // Meanwhile, since it takes no time to speak of: sound and subtitles are only copied in the end.
  const reading = readSource(job);
  reading.catch(() => {}); // Thrown below.
  const { records, stages, notes } = await runSegments(job, folder, makeSegment);
  checkDecoded(plan, records);
  const report = await reading;
  const damages = allDamage(plan, records, report);
  refuseDamage(plan, damages);
  const frames = records.reduce((sum, record) => sum + record.frames, 0);
  progress.enter('join');
  const { file: clip, late, cut } = await joinSegments(job, folder, records, report.census);
  const { stallTimeoutMs } = plan.settings;
  progress.enter('check');
  const differing = await verifyOutput(ffmpeg, clip, {
    ...{ source: plan.source, census: report.census, plan: plan.outputPlan, cut, stallTimeoutMs },
    ...{ frames, firstFrame: firstFrameSeconds(plan, records) },
  });
  const log = await joinLogs(plan, folder, records);
  await checkSource(job);
  throwIfAborted(job);
  const sidecar = sidecarOf(plan, {
    records,
    late: [
      ...notes,
      ...leadingNotes(plan, report),
      ...damageNotes(plan, damages),
      ...late,
      ...differing,
    ],
    damages,
    elapsedSeconds: progress.elapsed,
    stages,
    framesThisRun: progress.frames,
    outputBytes: (await stat(clip)).size,
    samples: { output: await samplesOf(clip), source: await samplesOf(plan.input, true) },
    sourceModifiedMs: job.stamp.modifiedMs,
    logFile: log.file === null ? null : await factsOfLog(log.file),
    log: log.summary,
  });
  const run = { frames: progress.frames, seconds: progress.elapsed };
  await learnFrom(plan, { ...run, outputBytes: sidecar.output.sizeBytes });
  await giveNames(folder, { clip, log: log.file, sidecar }, places);
  progress.tell();
  return sidecar;
}

/**
 * Decodes, enlarges, encodes and logs one segment. Resolves once its last frame is on its way, so
 * that the next segment can begin while the encoder ends the file.
 */
async function makeSegment(
  tools: SegmentTools,
  segment: Segment,
  files: SegmentFiles,
  most: number,
): Promise<EnlargedSegment> {
  const output = new SegmentOutput(tools, files);
  try {
    const opened = await tools.reader.open(segment, most);
    for await (const enlarged of enlargeFrames(tools, opened, () => output.prepare())) {
      await output.encode(enlarged);
      await output.log(enlarged);
    }
    await output.endLog();
  } catch (error) {
    throw await output.discarded(error);
  }
  const written = output.close(tools.reader.report());
  written.catch(() => {}); // Reported by whoever waits for it.
  return { frames: output.frames, written };
}

async function openJob(
  { ffmpeg, input, signal, pause, onProgress }: FileRequest,
  plan: JobPlan,
): Promise<JobContext> {
  const stamp = await stampOf(input.path);
  const place = { clip: plan.input, output: plan.paths.output, of: expectedFrames(plan) };
  const progress = new ProgressCounter(place, onProgress, pause.now);
  return { ffmpeg, plan, signal, pause, stamp, progress };
}

/** The work folder, with the plan of an earlier run that was interrupted, or a new one. */
async function openFolder(job: JobContext): Promise<LockedWorkFolder> {
  const { ffmpeg, plan, stamp } = job;
  const { paths, settings } = plan;
  const stored = {
    version: planVersion,
    vsr: version(),
    ffmpeg: `${ffmpeg.version} (build ${ffmpeg.build})`,
    job: plan.job,
    sourceModifiedMs: stamp.modifiedMs,
    source: { path: plan.input, ...plan.identity },
    models: plan.chain.names,
    settings: plan.deciding,
  } as const;
  try {
    await mkdir(path.dirname(paths.output), { recursive: true });
    return await openWorkFolder({
      ...{ folder: paths.workFolder, output: paths.output, job: stored, range: plan.range },
      restart: settings.restart,
      cut: () => cutClip(job),
    });
  } catch (error) {
    throw error instanceof VsrError ? error : await explainFailure(error, job, null);
  }
}
