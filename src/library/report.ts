import path from 'node:path';
import { locateFfmpeg } from '../media/program/ffmpeg.js';
import { sidecarPathOf, sidecarEnding } from '../metrics/sidecar.js';
import { writeReport } from '../report/page/write-report.js';
import type { Programs } from './programs.js';
import { reportPathOf } from './report-path.js';

/** What a page shows, and where it goes. */
export type ReportOptions = Programs & {
  /**
   * The page, ending in .html. Default `<output>.report.html`; for several outputs
   * `vsr-report.html`.
   */
  readonly output?: string;
  /** Frames to show beside the worst, the median and the best, by number from 0. */
  readonly frames?: readonly number[];
  /** Replace a file of that name that is no report of vsr. */
  readonly overwrite?: boolean;
};

/**
 * Makes one self-contained page about finished enlargements, named by their outputs or sidecars;
 * resolves to its path.
 *
 * Throws VsrError: `media` for a sidecar or log that is missing or damaged, `option` for a name
 * that cannot be used, `disk` for a page that cannot be written.
 */
export async function report(
  outputs: string | readonly string[],
  options: ReportOptions = {},
): Promise<string> {
  const all = typeof outputs === 'string' ? [outputs] : [...outputs];
  const page = options.output ?? reportPathOf([all[0] ?? '', ...all.slice(1)]);
  const sidecars = all.map((name) =>
    path.resolve(name.endsWith(sidecarEnding) ? name : sidecarPathOf(name)),
  );
  await writeReport(sidecars, page, {
    frames: options.frames ?? [],
    ffmpeg: await locateFfmpeg(options),
    overwrite: options.overwrite ?? false,
  });
  return page;
}
