import path from 'node:path';
import { badValue } from '../errors.js';
import type { FootageKind, PictureField } from '../planes/frame.js';

/**
 * A row's PSNR figures, in decibels; `Infinity` for equal planes, `null` where there is nothing to
 * compare with.
 */
type PsnrFigures = {
  /** Y against the reference. */
  readonly psnrY: number | null;
  /** Cb against the reference. */
  readonly psnrU: number | null;
  /** Cr against the reference. */
  readonly psnrV: number | null;
  /** Y of plain bicubic of the source, against the same reference. */
  readonly psnrYBicubic: number | null;
  /** Y against plain bicubic of the source: how much the network changed. */
  readonly psnrToBicubicY: number | null;
  /**
   * Y, reduced by bicubic to the source's size, against the source: whether it still shows what the
   * source showed.
   */
  readonly psnrToSourceY: number | null;
};

/**
 * A row's flicker, in grey levels of 255 at every bit depth: how much more the luma of still areas
 * changes from the frame before to this one than it does in what it is compared with. At 0 both are
 * equally steady; below 0 the output is steadier. The mean is between -0.3 and 0.6 for most clips;
 * where a keyframe pops, a row has 1 to 4. `null` where there is nothing to compare with. The
 * formulas are in `enlarge/scores/flicker.ts`.
 */
type FlickerFigures = {
  /** Against the reference. */
  readonly flickerY: number | null;
  /** Plain bicubic of the source, against the same reference. */
  readonly flickerYBicubic: number | null;
  /** Against plain bicubic of the source. */
  readonly flickerToBicubicY: number | null;
};

/** The figures of a row. */
export type FrameFigures = PsnrFigures & FlickerFigures;

/** Where in the source a row's frame comes from; all `null` in logs of earlier versions. */
export type RowOrigin = {
  /** Time of the source frame that it was made of, in ticks of the source's time base. */
  readonly sourcePts: number | null;
  /** The fields of that frame that it was made of. */
  readonly field: PictureField | null;
  /** What that part of the source was detected as; `null` where that is unknown. */
  readonly scan: FootageKind | null;
};

/** One row of the per-frame log. */
export type FrameRow = FrameFigures &
  RowOrigin & {
    /** Number of the output frame, from 0. */
    readonly frame: number;
    /** Presentation time in ticks of the output's time base. */
    readonly pts: number;
    /** The same in seconds. */
    readonly ptsTime: number;
  };

/** Key of a PSNR figure, in decibels. */
export type PsnrColumn = keyof PsnrFigures;

/** Key of a flicker figure, in grey levels. */
export type FlickerColumn = keyof FlickerFigures;

/** Key of any figure of the log. */
export type FigureColumn = PsnrColumn | FlickerColumn;

const psnrNames: Readonly<Record<PsnrColumn, string>> = {
  psnrY: 'psnr_y',
  psnrU: 'psnr_u',
  psnrV: 'psnr_v',
  psnrYBicubic: 'psnr_y_bicubic',
  psnrToBicubicY: 'psnr_to_bicubic_y',
  psnrToSourceY: 'psnr_to_source_y',
};

const flickerNames: Readonly<Record<FlickerColumn, string>> = {
  flickerY: 'flicker_y',
  flickerYBicubic: 'flicker_y_bicubic',
  flickerToBicubicY: 'flicker_to_bicubic_y',
};

/** The figures' names in the file, in the log's column order. */
export const columnNames: Readonly<Record<FigureColumn, string>> = {
  ...psnrNames,
  ...flickerNames,
};

/** The keys of the PSNR figures, in the log's column order. */
export const psnrColumns = Object.keys(psnrNames) as readonly PsnrColumn[];

/** The keys of the flicker figures, in the log's column order; they come after those of PSNR. */
export const flickerColumns = Object.keys(flickerNames) as readonly FlickerColumn[];

/** The keys of all figures, in the log's column order. */
export const figureColumns: readonly FigureColumn[] = [...psnrColumns, ...flickerColumns];

const firstColumns = ['frame', 'pts', 'pts_time'];
const originColumns = ['source_pts', 'field', 'scan'];

/** The first line of a CSV log. */
export const csvHeader = [...firstColumns, ...Object.values(columnNames), ...originColumns].join(
  ',',
);

/** The headers of earlier versions: without the origin of frames, and without flicker as well. */
export const earlierCsvHeaders: readonly string[] = [
  [...firstColumns, ...Object.values(columnNames)].join(','),
  [...firstColumns, ...Object.values(psnrNames)].join(','),
];

/** The origin of a frame where it is unknown. */
export const noOrigin: RowOrigin = { sourcePts: null, field: null, scan: null };

/** The format of a log, which follows from its file's ending. */
export type LogFormat = 'csv' | 'jsonl';

const formatsByEnding: ReadonlyMap<string, LogFormat> = new Map([
  ['.csv', 'csv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
]);

/**
 * The format of the log called `file`. Throws a `VsrError` of code `option` for an unknown ending.
 */
export function logFormatOf(file: string): LogFormat {
  const format = formatsByEnding.get(path.extname(file).toLowerCase());
  if (format !== undefined) return format;
  const endings = [...formatsByEnding.keys()].join(', ');
  throw badValue(`a file name ending in one of ${endings}`, 'the per-frame log', file);
}
