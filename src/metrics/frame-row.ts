import path from 'node:path';
import { badValue } from '../errors.js';

/**
 * The figures of a row, in decibels; `Infinity` for equal planes, `null` where there is nothing to
 * compare with.
 */
export type FrameFigures = {
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
   * Y, reduced by bicubic to the source's size, against the source: does it still say what the
   * source said.
   */
  readonly psnrToSourceY: number | null;
};

/** One row of the per-frame log. */
export type FrameRow = FrameFigures & {
  /** Output frame, from 0. */
  readonly frame: number;
  /** Ticks of the output's time base. */
  readonly pts: number;
  /** The same in seconds. */
  readonly ptsTime: number;
};

/** A figure of the log. */
export type PsnrColumn = keyof FrameFigures;

/** The figures' names in the file, in the log's column order. */
export const columnNames: Readonly<Record<PsnrColumn, string>> = {
  psnrY: 'psnr_y',
  psnrU: 'psnr_u',
  psnrV: 'psnr_v',
  psnrYBicubic: 'psnr_y_bicubic',
  psnrToBicubicY: 'psnr_to_bicubic_y',
  psnrToSourceY: 'psnr_to_source_y',
};

/** The figures, in the log's column order. */
export const psnrColumns = Object.keys(columnNames) as readonly PsnrColumn[];

/** The first line of a CSV log. */
export const csvHeader = ['frame', 'pts', 'pts_time', ...Object.values(columnNames)].join(',');

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
