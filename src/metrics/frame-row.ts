import path from 'node:path';
import { badValue } from '../errors.js';
import type { FootageKind, PictureField } from '../planes/frame.js';

/**
 * A row's figures in decibels; `Infinity` for equal planes, `null` where there is nothing to
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
 * A row's figures in grey levels of 255 at every bit depth: how much more the luma of still areas
 * changes since the frame before than something else does. 0 is just as steady, less than 0 is
 * steadier. The mean is between -0.3 and 0.6 for most clips; where a keyframe pops it is 1 to 4.
 * `null` where there is nothing to compare with. `flicker.ts` has the formulas.
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

/** Where a row's frame comes from; all `null` for a picture, and in logs of earlier versions. */
export type RowOrigin = {
  /** Ticks, in the source's own time base, of the frame that it was made of. */
  readonly sourcePts: number | null;
  /** The part of that frame that it was made of. */
  readonly field: PictureField | null;
  /** What the source was detected as there; `null` where that is unknown. */
  readonly scan: FootageKind | null;
};

/** One row of the per-frame log. */
export type FrameRow = FrameFigures &
  RowOrigin & {
    /** Output frame, from 0. */
    readonly frame: number;
    /** Ticks of the output's time base. */
    readonly pts: number;
    /** The same in seconds. */
    readonly ptsTime: number;
  };

/** A figure of the log in decibels. */
export type PsnrColumn = keyof PsnrFigures;

/** A figure of the log in grey levels. */
export type FlickerColumn = keyof FlickerFigures;

/** A figure of the log. */
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

/** The figures in decibels, in the log's column order. */
export const psnrColumns = Object.keys(psnrNames) as readonly PsnrColumn[];

/** The figures in grey levels, which come after them. */
export const flickerColumns = Object.keys(flickerNames) as readonly FlickerColumn[];

/** All figures, in the log's column order. */
export const figureColumns: readonly FigureColumn[] = [...psnrColumns, ...flickerColumns];

const firstColumns = ['frame', 'pts', 'pts_time'];
const originColumns = ['source_pts', 'field', 'scan'];

/** The first line of a CSV log. */
export const csvHeader = [...firstColumns, ...Object.values(columnNames), ...originColumns].join(
  ',',
);

/** The first lines of earlier logs: without the origin of frames, and without flicker as well. */
export const earlierCsvHeaders: readonly string[] = [
  [...firstColumns, ...Object.values(columnNames)].join(','),
  [...firstColumns, ...Object.values(psnrNames)].join(','),
];

/** The origin of a frame where it is unknown. */
export const noOrigin: RowOrigin = { sourcePts: null, field: null, scan: null };

/** How a log is written, by its file's ending. */
export type LogFormat = 'csv' | 'jsonl';

const formatsByEnding: ReadonlyMap<string, LogFormat> = new Map([
  ['.csv', 'csv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
]);

/**
 * The format of the log called `file`; a `VsrError` of code `option` for an ending that names none.
 */
export function logFormatOf(file: string): LogFormat {
  const format = formatsByEnding.get(path.extname(file).toLowerCase());
  if (format !== undefined) return format;
  const endings = [...formatsByEnding.keys()].join(', ');
  throw badValue(`a file name ending in one of ${endings}`, 'the per-frame log', file);
}
