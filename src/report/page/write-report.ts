import { badValue } from '../../errors.js';
import { isReport, isReportName } from '../../files/marks.js';
import { openPlace, type Place } from '../../files/place.js';
import { locateFfmpeg, type Ffmpeg } from '../../media/program/ffmpeg.js';
import { clipReport, type ClipReport } from './clip-report.js';
import { reportPage } from './page.js';
import type { UnfinishedClip } from './summary-table.js';

/** Options of `writeReport`. */
export type ReportOptions = {
  /** Frames to show beside the worst, the median and the best, by number from 0. */
  readonly frames?: readonly number[];
  /** Default: the one that `locateFfmpeg` finds. */
  readonly ffmpeg?: Ffmpeg;
  /** Replace a file of that name that is no report of vsr. */
  readonly overwrite?: boolean;
  /** Inputs of the same batch that have no output. */
  readonly unfinished?: readonly UnfinishedClip[];
};

/**
 * The place of a page. Throws VsrError `option` for a name that does not end in .html, `media` for
 * one that a file other than a report has.
 */
export async function reportPlace(
  file: string,
  inputs: readonly string[],
  options: { readonly overwrite: boolean; readonly otherName: string },
): Promise<Place> {
  if (!isReportName(file)) {
    throw badValue('a file ending in .html', 'the report', file);
  }
  return openPlace({ what: 'report', file, inputs, isOurs: isReport, ...options });
}

/** From this many clips on, a page shows only the worst frame of each, in a smaller picture. */
const manyClips = 4;

/**
 * Makes one self-contained page at `htmlPath` about the finished jobs whose sidecars are named. A
 * source or output that is gone is noted on the page. Throws VsrError: `media` for a sidecar or log
 * that is missing, damaged or cut off, and for a file of that name that is no report; `option` for
 * a name that does not end in .html; `disk` if the page cannot be written.
 */
export async function writeReport(
  sidecarPaths: readonly string[],
  htmlPath: string,
  options: ReportOptions = {},
): Promise<void> {
  if (sidecarPaths.length === 0) throw badValue('at least one output', 'the report', 0);
  const place = await reportPlace(htmlPath, sidecarPaths, {
    overwrite: options.overwrite ?? false,
    otherName: 'with -o',
  });
  const ffmpeg = options.ffmpeg ?? (await locateFfmpeg());
  const brief = sidecarPaths.length >= manyClips;
  const clips: ClipReport[] = [];
  for (const file of sidecarPaths) {
    const frames = options.frames ?? [];
    clips.push(await clipReport(ffmpeg, file, { frames, fit: brief ? 720 : 1280, brief }));
  }
  await place.write(await reportPage(clips, options.unfinished));
}
