import { stat } from 'node:fs/promises';
import { verifyOutput } from '../media/join/verify.js';
import type { Source } from '../media/source/source.js';
import type { Sidecar } from '../metrics/sidecar.js';
import { lookAtEarlier, type EarlierOutput } from './earlier-output.js';
import { estimateFor, learnFrom } from './estimate/estimate.js';
import { explainFailure } from './explain-failure.js';
import type { FileRequest, FileResult, QueueTurn } from './file-request.js';
import { checkDecoded } from './finish/check-decoded.js';
import { joinLogs } from './finish/join-logs.js';
import { joinSegments } from './finish/join-segments.js';
import { lostFrames } from './finish/lost-frames.js';
import { giveNames, vouch } from './finish/publish.js';
import {
  allDamage,
  damageNotes,
  leadingNotes,
  readSource,
  refuseDamage,
} from './finish/source-damage.js';
import { firstFrameSeconds, sidecarOf } from './finish/summary.js';
import { checkSize } from './limits/size-limit.js';
import { openFolder, openJob } from './open-job.js';
import { factsOfLog, samplesOf } from './plan/identity.js';
import { planJob, type JobPlan } from './plan/job-plan.js';
import type { OutputPlaces } from './plan/names.js';
import { enlargeFrames } from './segments/enlarge-frames.js';
import { checkSource, throwIfAborted, type JobContext } from './segments/job-context.js';
import { finishedSegments, runSegments, type EnlargedSegment } from './segments/run-segments.js';
import type { Segment } from './segments/segment-plan.js';
import { SegmentOutput } from './segments/segment-output.js';
import type { SegmentTools } from './segments/segment-tools.js';
import { sealedSidecar, type LockedWorkFolder, type SegmentFiles } from './segments/work-folder.js';

/**
 * The whole way of one clip, in the order in which it happens; each call says where to read on.
 * `probing` is the look at the clip, which begins before this module is loaded.
 *
 * Rejects with VsrError. Whatever happens, a whole file lies under the output's name, or what lay
 * there before.
 */
export async function upscaleFile(
  request: FileRequest,
  probing: Promise<Source>,
): Promise<FileResult> {
  return makeFile(request, await decide(request, await probing));
}

/**
 * The same for a clip of a queue whose segments are made, by the plan that they were made by: its
 * source must be as it was then.
 */
export async function joinFile(request: FileRequest, plan: JobPlan): Promise<FileResult> {
  return makeFile(request, await lookAround(request, plan));
}

async function makeFile(
  request: FileRequest,
  { plan, finished, places }: EarlierOutput<JobPlan>,
): Promise<FileResult> {
  if (finished !== null) return { status: 'skipped', summary: finished };
  if (plan.settings.dryRun) return { status: 'planned', summary: null };

  const opened = await openJob(request, plan);
  const queue = request.queue ?? null;
  await using folder = await openFolder(opened, queue?.id ?? null);
  const job = { ...opened, signal: AbortSignal.any([opened.signal, folder.lost]) };
  try {
    const sealed = await sealedSidecar(folder.path, plan.job, plan.paths.output);
    const sidecar = sealed ?? (await makeOutput(job, folder, { places, queue }));
    await vouch(folder, sidecar, places.sidecar);
    return { status: 'done', summary: sidecar };
  } catch (error) {
    if (folder.lost.aborted) throw folder.lost.reason;
    throw await explainFailure(error, job, folder.path);
  }
}

/**
 * Decides everything about a clip before its first frame, finds out what an earlier job has done of
 * it, and reports both.
 */
export async function decide(
  request: FileRequest,
  source: Source,
): Promise<EarlierOutput<JobPlan>> {
  return lookAround(request, await planJob(request, source));
}

async function lookAround(request: FileRequest, decided: JobPlan): Promise<EarlierOutput<JobPlan>> {
  request.claim(decided.paths.output);
  const found = await lookAtEarlier(decided, request.reads);
  // A clip of a queue needs only joining here, so no time is estimated for it.
  const isToMake = found.finished === null && request.queue === undefined;
  request.onPlan(found.plan, isToMake ? await estimateFor(request, found.plan) : null);
  return found;
}

/**
 * Makes the segments that earlier runs, or the machines of a queue, have not made; adds all that is
 * not video; checks the file and gives it its name.
 */
async function makeOutput(
  job: JobContext,
  folder: LockedWorkFolder,
  { places, queue }: { readonly places: OutputPlaces; readonly queue: QueueTurn | null },
): Promise<Sidecar> {
  const { ffmpeg, plan, progress } = job;
  // This runs beside the segments and takes hardly any time: sound and subtitles are only read
  // here, and copied at the end.
  const reading = readSource(job);
  reading.catch(() => {}); // Thrown below.
  const { records, stages, notes } =
    queue === null
      ? await runSegments(job, folder, makeSegment)
      : await finishedSegments(job, folder);
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
  const outputBytes = (await stat(clip)).size;
  checkSize(plan.settings.sizeLimit, outputBytes);
  const sidecar = sidecarOf(plan, {
    records,
    late: [
      ...notes,
      ...leadingNotes(plan, report),
      ...lostFrames(plan, records, report).notes,
      ...damageNotes(plan, damages, report),
      ...late,
      ...differing,
    ],
    damages,
    elapsedSeconds: queue === null ? progress.elapsed : (Date.now() - queue.since) / 1000,
    stages,
    framesThisRun: queue === null ? progress.frames : frames,
    outputBytes,
    samples: { output: await samplesOf(clip), source: await samplesOf(plan.source.path, true) },
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
export async function makeSegment(
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
