import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { VsrError, badValue, messageOf } from '../../errors.js';
import { locateFfmpeg, type Ffmpeg } from '../../media/program/ffmpeg.js';
import { clipReport, type ClipReport } from './clip-report.js';
import { reportPage } from './page.js';

/** What may be told to `writeReport`. */
export type ReportOptions = {
  /** Frames to show beside the worst, the median and the best, by number from 0. */
  readonly frames?: readonly number[];
  /** Found by itself if left out. */
  readonly ffmpeg?: Ffmpeg;
};

/** From so many clips on, a page shows only the worst frame of each, in a smaller picture. */
const manyClips = 4;

/**
 * Makes one self-contained page at `htmlPath` about the finished jobs whose sidecars are named.
 * A `VsrError` of code `media` for a sidecar or log that is missing, damaged or cut off; of code `disk` if the
 * page cannot be written. A source or output that has gone is noted on the page.
 */
export async function writeReport(
  sidecarPaths: readonly string[],
  htmlPath: string,
  options: ReportOptions = {},
): Promise<void> {
  if (sidecarPaths.length === 0) throw badValue('at least one output', 'the report', 0);
  const ffmpeg = options.ffmpeg ?? (await locateFfmpeg());
  const brief = sidecarPaths.length >= manyClips;
  const clips: ClipReport[] = [];
  for (const file of sidecarPaths) {
    const frames = options.frames ?? [];
    clips.push(await clipReport(ffmpeg, file, { frames, fit: brief ? 720 : 1280, brief }));
  }
  const temporary = `${htmlPath}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(temporary, await reportPage(clips));
    await rename(temporary, htmlPath);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof VsrError) throw error;
    throw new VsrError('disk', `The report ${htmlPath} cannot be written: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
