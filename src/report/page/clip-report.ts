import path from 'node:path';
import { VsrError, messageOf } from '../../errors.js';
import { exists } from '../../files/what-is-there.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { readFrameLog } from '../../metrics/frame-log.js';
import type { PsnrColumn } from '../../metrics/frame-row.js';
import type { FlickerSummary, PsnrSummary } from '../../metrics/log-summary.js';
import { readSidecar, type Sidecar } from '../../metrics/sidecar.js';
import { busiestCrop, viewsOf, type Moment, type Views } from './before-after.js';
import { FrameRanking, rankingColumns, type PickedFrame } from './pick-frames.js';
import type { RgbPicture } from '../rgb-picture.js';
import type { SourceOf, WantedFrame } from '../seen/seen-frame.js';
import { seenFrames } from '../seen/seen-frames.js';
import { picturesOf } from '../seen/seen-pictures.js';
import { RowThinner, type PlotData } from './thin-rows.js';

/** A picked frame as the page shows it. */
export type ShownFrame = PickedFrame & {
  /** The whole picture, reduced to fit a window. */
  readonly whole: Views;
  /** The part where the network changed most, at 1:1. */
  readonly part: Views;
};

/** All that a page says about one clip. */
export type ClipReport = {
  readonly sidecar: Sidecar;
  readonly psnr: PsnrSummary | null;
  readonly flicker: FlickerSummary | null;
  readonly plot: PlotData | null;
  /** The column by which worst, median and best frame are chosen. */
  readonly rankedBy: PsnrColumn | null;
  /** The lowest frames, worst first. */
  readonly worst: readonly PickedFrame[];
  readonly frames: readonly ShownFrame[];
  /** What could not be shown, and why. */
  readonly notes: readonly string[];
};

/** How much a page shows. */
export type ClipReportOptions = {
  /** Further frames to show, by number. */
  readonly frames: readonly number[];
  /** Largest side of whole pictures, in samples. */
  readonly fit: number;
  /** Show only the worst frame, for pages of many clips. */
  readonly brief: boolean;
};

/** Where a file may be: where it was, or beside the sidecar. */
function placesOf(file: string, sidecarPath: string): readonly string[] {
  const folder = path.dirname(sidecarPath);
  return [path.resolve(folder, file), path.join(folder, path.basename(file))];
}

/** Where the file is; `null` if it is gone. */
async function findFile(file: string, sidecarPath: string): Promise<string | null> {
  for (const place of placesOf(file, sidecarPath)) if (await exists(place)) return place;
  return null;
}

/** Where a clip or picture is, or the pictures of a sequence; `null` if they are gone. */
async function findFrames(
  file: string,
  sidecarPath: string,
): Promise<string | readonly string[] | null> {
  for (const place of placesOf(file, sidecarPath)) {
    const pictures = await picturesOf(place);
    if (pictures !== null) return pictures;
  }
  return findFile(file, sidecarPath);
}

type LogReading = {
  readonly plot: PlotData;
  readonly ranking: FrameRanking;
  readonly firstTime: number;
};

async function readLog(file: string, sidecar: Sidecar): Promise<LogReading> {
  const column = rankingColumns.find((name) => sidecar.psnr?.[name]) ?? 'psnrToSourceY';
  const thinner = new RowThinner();
  const ranking = new FrameRanking(column);
  let firstTime: number | undefined;
  for await (const row of readFrameLog(file)) {
    firstTime ??= row.ptsTime;
    thinner.add(row);
    ranking.add(row);
  }
  if (ranking.length !== sidecar.output.frames) {
    throw new VsrError(
      'media',
      `The per-frame log ${file} is cut off: the output has ${sidecar.output.frames} frames but the log has ${ranking.length}.`,
    );
  }
  return { plot: thinner.result(), ranking, firstTime: firstTime ?? 0 };
}

/** An output as its sidecar describes it, and the time of its first frame. */
type Output = {
  readonly sidecar: Sidecar;
  readonly sidecarPath: string;
  /** Seconds. */
  readonly firstTime: number;
};

/**
 * Decodes the moments of `picked` from output, source and reference; says in `notes` what cannot be
 * shown.
 */
async function momentsOf(
  ffmpeg: Ffmpeg,
  { sidecar, sidecarPath, firstTime }: Output,
  picked: readonly PickedFrame[],
  notes: string[],
): Promise<(Moment | null)[]> {
  const ours: (RgbPicture | undefined)[] = [];
  const bicubic: (RgbPicture | undefined)[] = [];
  const reference: (RgbPicture | undefined)[] = [];
  const { width, height } = sidecar.output;
  let rotation = 0;
  const from = sidecar.source.firstFrameTime;
  const read = async (
    file: string | null,
    name: string,
    of: SourceOf | null,
    into: (RgbPicture | undefined)[],
    enlarge: boolean,
  ) => {
    if (file === null) return;
    const found = await findFrames(file, sidecarPath);
    if (found === null) {
      notes.push(`The ${name} ${file} is gone, so no picture of it is shown.`);
      return;
    }
    const wanted = picked.map(({ frame, time }): WantedFrame => ({
      frame,
      time: time - firstTime,
    }));
    try {
      await seenFrames(ffmpeg, found, wanted, of, (seen, i) => {
        if (into === ours) rotation = seen.rotation;
        into[i] = enlarge ? seen.enlarged(width, height) : seen.picture;
        return Promise.resolve();
      });
    } catch (error) {
      notes.push(`Pictures of the ${name} are not shown: ${messageOf(error)}`);
    }
  };
  await read(sidecar.output.path, 'output', null, ours, false);
  const { settings } = sidecar;
  // The source is shown with its noise: it is what the output is compared with.
  const denoise = null;
  const making =
    'fields' in settings
      ? { ...settings, denoise }
      : { fields: null, crop: null, runs: null, denoise };
  const of = { firstTime: from, output: sidecar.output.path, making };
  await read(sidecar.source.path, 'source', of, bicubic, true);
  await read(sidecar.reference, 'reference', null, reference, false);
  const fits = (picture: RgbPicture | undefined, like: RgbPicture) =>
    picture !== undefined && picture.width === like.width && picture.height === like.height
      ? picture
      : null;
  return picked.map((_, i) => {
    const picture = ours[i];
    if (picture === undefined) return null;
    return {
      ours: picture,
      rotation,
      bicubic: fits(bicubic[i], picture),
      reference: fits(reference[i], picture),
    };
  });
}

/**
 * Reads the sidecar at `sidecarPath`, the log and the clips it names, and makes all that a page
 * shows.
 */
export async function clipReport(
  ffmpeg: Ffmpeg,
  sidecarPath: string,
  options: ClipReportOptions,
): Promise<ClipReport> {
  const sidecar = await readSidecar(sidecarPath);
  const notes: string[] = [];
  const logFile = sidecar.log === null ? null : await findFile(sidecar.log, sidecarPath);
  const isPicture = !('encoder' in sidecar.settings);
  if (sidecar.log === null && !isPicture) notes.push('No per-frame log was kept (--no-log).');
  if (sidecar.log !== null && logFile === null)
    notes.push(`The per-frame log ${sidecar.log} is gone.`);
  const log = logFile === null ? null : await readLog(logFile, sidecar);
  const first: PickedFrame = { why: 'first', frame: 0, time: 0, psnr: null };
  const all = log === null ? [first] : log.ranking.pick(options.frames);
  const missed = options.frames.filter((n) => log !== null && !all.some((p) => p.frame === n));
  for (const n of missed) {
    notes.push(`Frame ${n} was named, but the clip has ${sidecar.output.frames} frames.`);
  }
  const picked = options.brief ? all.slice(0, 1) : all;
  const output = { sidecar, sidecarPath, firstTime: log?.firstTime ?? 0 };
  const moments = await momentsOf(ffmpeg, output, picked, notes);
  const frames: ShownFrame[] = [];
  for (const [i, moment] of moments.entries()) {
    if (moment === null) continue;
    const other = moment.bicubic ?? moment.reference ?? moment.ours;
    const crop = busiestCrop(moment.ours, other, 480, 270);
    frames.push({
      ...picked[i]!,
      whole: await viewsOf(moment, null, options.fit),
      part: await viewsOf(moment, crop, 0),
    });
  }
  return {
    sidecar,
    psnr: sidecar.psnr,
    flicker: sidecar.flicker ?? null,
    plot: log?.plot ?? null,
    rankedBy: log?.ranking.column ?? null,
    worst: log?.ranking.worst(5) ?? [],
    frames,
    notes,
  };
}
