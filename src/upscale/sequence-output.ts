import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { badValue, VsrError } from '../errors.js';
import { openPlace } from '../files/place.js';
import type { Announcement } from '../media/output/stream-plan.js';
import { numbersIn, parsePattern } from '../media/sequence/numbered-names.js';
import {
  choosePictures,
  writePictures,
  type PictureChoice,
} from '../media/sequence/write-pictures.js';
import { kindOf } from '../media/tracks/stream-names.js';
import { readSidecar, sidecarText, type Sidecar } from '../metrics/sidecar.js';
import type { FileRequest, FileResult } from './file-request.js';
import { isPicturePattern } from './plan/inputs.js';
import type { JobPlan } from './plan/job-plan.js';
import type { Settings } from './plan/settings.js';
import {
  checkFree,
  checkReads,
  contentOf,
  finishedPictures,
  hashOfFolder,
  nameFolder,
  placesOf,
  type PicturePlaces,
} from './sequence/picture-folder.js';

/** Options that say how a clip is encoded, and mean nothing for pictures. */
const clipOptions = ['codec', 'crf', 'bitrate', 'sizeLimit', 'preset', 'pixelFormat'] as const;

/** Throws VsrError `option` for settings that cannot be meant for pictures. */
function checkForPictures(settings: Settings): void {
  const wrong = clipOptions.find((name) => ![null, 'auto'].includes(settings[name] as null));
  if (wrong === undefined && settings.ffmpegArgs.length === 0) return;
  const name = wrong ?? 'ffmpegArgs';
  throw badValue('a clip as output', name, settings[name], 'Pictures are coded by their ending.');
}

/** How the frames of a job become pictures. */
function choiceFor({ source, outputPlan }: JobPlan, pattern: string): PictureChoice {
  const { sourceFormat, conversion } = source.video;
  const { format } = outputPlan.frameLayout;
  return choosePictures(pattern, { format, sourceFormat, isFromRgb: conversion === 'rgb' });
}

/** What a clip has and numbered pictures cannot hold. */
function lossesOf(plan: JobPlan, pattern: string): Announcement[] {
  const { source, outputPlan } = plan;
  const { format } = outputPlan.frameLayout;
  const { pixelFormat, losesBits } = choiceFor(plan, pattern);
  const others = source.streams.filter(({ index }) => index !== source.video.index).map(kindOf);
  const all = [...new Set([...others, ...(source.chapters.length > 0 ? ['chapters'] : [])])];
  const why = `${format.name} frames become ${pixelFormat} pictures, numbered; their times are in the log`;
  const notes: Announcement[] = [{ kind: 'converted', what: 'the video', why }];
  if (losesBits) {
    const advice = 'PNG and TIFF keep them.';
    const what = `bits beyond 8 of ${format.bitDepth}`;
    notes.push({ kind: 'missing', what, why: 'JPEG holds none', advice });
  }
  if (all.length > 0) {
    notes.push({ kind: 'missing', what: all.join(', '), why: 'pictures hold none' });
  }
  return notes;
}

/** The number of the first picture: as in the source, where that is numbered and whole. */
function firstNumber({ input, settings }: FileRequest): number {
  const first = input.sequence?.files[0];
  const parsed = input.sequence === undefined ? null : parsePattern(path.basename(input.path));
  if (first === undefined || parsed === null || settings.start !== null) return 1;
  return numbersIn(parsed, [path.basename(first)])[0] ?? 1;
}

/** The request for a clip of the larger frames that keeps every sample. */
function clipRequest(
  request: FileRequest,
  places: PicturePlaces,
  onPlan: FileRequest['onPlan'],
): FileRequest {
  const { settings } = request;
  return {
    ...request,
    input: { ...request.input, toPictures: true },
    settings: {
      ...settings,
      ...{ output: places.clip, codec: 'ffv1', audio: 'none', subs: 'none', overwrite: true },
    },
    claim: () => request.claim(places.folder),
    onPlan,
    onProgress: (progress) => request.onProgress({ ...progress, output: places.folder }),
  };
}

/** The plan as it is for pictures. */
function planOfPictures(plan: JobPlan, { folder, pattern, sidecar }: PicturePlaces): JobPlan {
  const { index } = plan.source.video;
  const isOfVideo = ({ streamIndex = index }: Announcement): boolean => streamIndex === index;
  return {
    ...plan,
    paths: { ...plan.paths, output: folder, sidecar },
    announcements: [...plan.announcements.filter(isOfVideo), ...lossesOf(plan, pattern)],
  };
}

/**
 * Handles an input whose output may be named as pictures (`-o out/f_%04d.png`). A clip of the
 * larger frames is made first, in a work folder, with everything that holds for clips. Its frames
 * are written as pictures there, and the folder gets its name when all are whole. Throws VsrError
 * as `upscaleClip` does, with the folder's name.
 */
export async function upscaleToPictures(
  request: FileRequest,
  upscaleClip: (request: FileRequest) => Promise<FileResult>,
): Promise<FileResult> {
  const { output } = request.settings;
  if (output === null || !isPicturePattern(output)) return upscaleClip(request);
  const places = placesOf(output);
  checkForPictures(request.settings);
  await checkReads(places, request.reads);
  const content = await contentOf(places.folder);
  let plan: JobPlan | null = null;
  let announced = 0;
  const inner = clipRequest(request, places, (made, estimate) => {
    if (made.kind !== 'clip') return;
    plan = planOfPictures(made, places);
    announced = made.announcements.length;
    request.onPlan(plan, estimate);
  });
  try {
    if (content !== null && content.length > 0) {
      const planned = await plannedBy(inner, upscaleClip);
      const finished = await finishedPictures(places, planned, content);
      if (finished !== null) {
        request.onPlan(planOfPictures(planned, places), null);
        await rm(places.work, { recursive: true, force: true });
        return { status: 'skipped', summary: finished };
      }
      checkFree(places, content, request.settings.overwrite);
    }
    const made = await upscaleClip(inner);
    if (made.status !== 'done' && made.status !== 'skipped') return made;
    // What the clip's summary has beyond its plan.
    const late = made.summary.missing.slice(announced);
    const missing = [...plan!.announcements, ...late];
    const summary = await finishPictures(request, places, plan!, { ...made.summary, missing });
    return { status: 'done', summary };
  } catch (error) {
    if (error instanceof VsrError) {
      error.message = error.message.replaceAll(places.clip, places.folder);
    }
    throw error;
  }
}

/** The plan of a job; nothing is made or reported. */
async function plannedBy(
  request: FileRequest,
  upscaleClip: (request: FileRequest) => Promise<FileResult>,
): Promise<JobPlan> {
  let plan: JobPlan | null = null;
  await upscaleClip({
    ...request,
    settings: { ...request.settings, dryRun: true },
    onPlan: (made) => {
      if (made.kind === 'clip') plan = made;
    },
  });
  return plan!;
}

/** Writes the pictures, and gives log, sidecar and folder their names, the folder last. */
async function finishPictures(
  request: FileRequest,
  places: PicturePlaces,
  plan: JobPlan,
  clip: Sidecar,
): Promise<Sidecar> {
  const { ffmpeg, settings, signal, reads } = request;
  const { overwrite, stallTimeoutMs } = settings;
  const choice = choiceFor(plan, places.pattern);
  const into = path.join(places.work, 'pictures');
  const sizeBytes = await writePictures(ffmpeg, {
    ...{ clip: places.clip, into, pattern: places.pattern, first: firstNumber(request) },
    ...{ frames: clip.output.frames, choice, colour: plan.outputPlan.colour },
    ...{ layout: plan.outputPlan.frameLayout, signal, stallTimeoutMs },
  });
  const wish = { inputs: reads, overwrite, otherName: 'with -o' };
  const isOurs = async (): Promise<boolean> =>
    (await readSidecar(places.sidecar).catch(() => null)) !== null;
  const beside = clip.log !== null && !path.isAbsolute(clip.log);
  const log = beside
    ? `${places.folder}${path.basename(clip.log).slice('frames.mkv'.length)}`
    : null;
  const sidecar: Sidecar = {
    ...clip,
    output: {
      ...{ ...clip.output, path: places.folder, sizeBytes },
      samplesSha256: await hashOfFolder(into),
    },
    settings: {
      ...clip.settings,
      ...{ encoder: choice.encoder, encoderArgs: [], container: 'image2' },
      pixelFormat: choice.pixelFormat,
    },
    log: log === null ? clip.log : path.basename(log),
  };
  const sidecarPlace = await openPlace({
    ...{ what: 'sidecar', file: places.sidecar, ...wish, isOurs },
  });
  if (log !== null) {
    const place = await openPlace({ what: 'per-frame log', file: log, ...wish, isOurs });
    // A copy, so that the clip's job stays whole if this is killed now.
    const draft = path.join(places.work, 'log');
    await copyFile(path.join(places.work, path.basename(clip.log!)), draft);
    await place.put(draft);
  }
  await sidecarPlace.write(sidecarText(sidecar));
  checkFree(places, await contentOf(places.folder), overwrite);
  await nameFolder(into, places);
  await rm(places.work, { recursive: true, force: true });
  return sidecar;
}
