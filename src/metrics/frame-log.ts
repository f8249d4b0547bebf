import { open, type FileHandle } from 'node:fs/promises';
import { VsrError, messageOf } from '../errors.js';
import {
  columnNames,
  csvHeader,
  figureColumns,
  logFormatOf,
  type FrameFigures,
  type FrameRow,
  type LogFormat,
} from './frame-row.js';
import { SummaryOfRows, type LogSummary } from './log-summary.js';
import { readFrameLog } from './read-frame-log.js';

export { readFrameLog, type FrameRow, type LogSummary };

/** A figure as it is written: with four decimal places, far more than any comparison needs. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e4) / 1e4;
}

/**
 * `row` exactly as it will be read back, so that a summary is the same before and after a resume.
 */
function asWritten(row: FrameRow): FrameRow {
  const figures = Object.fromEntries(figureColumns.map((column) => [column, rounded(row[column])]));
  return {
    frame: row.frame,
    pts: row.pts,
    ptsTime: Math.round(row.ptsTime * 1e6) / 1e6,
    ...(figures as FrameFigures),
    sourcePts: row.sourcePts,
    field: row.field,
    scan: row.scan,
  };
}

function csvLine(row: FrameRow): string {
  const figures = figureColumns.map((column) => {
    const value = row[column];
    if (value === null) return '';
    return value === Infinity ? 'inf' : value.toFixed(4);
  });
  const origin = [row.sourcePts ?? '', row.field ?? '', row.scan ?? ''];
  return [row.frame, row.pts, row.ptsTime.toFixed(6), ...figures, ...origin].join(',');
}

function jsonLine(row: FrameRow): string {
  const figures = figureColumns.map((column): [string, number | string | null] => {
    const value = row[column];
    return [columnNames[column], value === Infinity ? 'inf' : value];
  });
  const { frame, pts, ptsTime, sourcePts, field, scan } = row;
  const origin = { source_pts: sourcePts, field, scan };
  return JSON.stringify({
    frame,
    pts,
    pts_time: ptsTime,
    ...Object.fromEntries(figures),
    ...origin,
  });
}

function diskError(file: string, error: unknown): VsrError {
  return new VsrError('disk', `The per-frame log ${file} cannot be written: ${messageOf(error)}.`, {
    cause: error,
  });
}

/** The per-frame log of a job, streamed to disk while the job runs. */
export interface FrameLog extends AsyncDisposable {
  /**
   * Adds a row; rows come in frame order. Rejects with a `VsrError` of code `disk` if it cannot be
   * written.
   */
  write(row: FrameRow): Promise<void>;
  /**
   * Writes buffered rows, closes the file, and returns the summary of all its rows. Rejects as
   * `write` does.
   */
  finish(): Promise<LogSummary>;
}

/** Rows are flushed at least this often, so that a log can be watched as it grows. */
const flushAfterMs = 500;
const flushAfterBytes = 1 << 15;

class FileLog implements FrameLog {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #line: (row: FrameRow) => string;
  readonly #summary: SummaryOfRows;
  #held = '';
  #flushedAt = performance.now();
  #closed = false;

  constructor(path: string, file: FileHandle, format: LogFormat, summary: SummaryOfRows) {
    this.#path = path;
    this.#file = file;
    this.#line = format === 'csv' ? csvLine : jsonLine;
    this.#summary = summary;
  }

  /** Puts the header of CSV before the first row of an empty file. */
  begin(format: LogFormat): void {
    if (format === 'csv') this.#held = `${csvHeader}\n`;
  }

  async write(row: FrameRow): Promise<void> {
    const kept = asWritten(row);
    this.#summary.add(kept);
    this.#held += `${this.#line(kept)}\n`;
    const due = performance.now() - this.#flushedAt >= flushAfterMs;
    if (due || this.#held.length >= flushAfterBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const text = this.#held;
    this.#held = '';
    this.#flushedAt = performance.now();
    try {
      await this.#file.appendFile(text);
    } catch (error) {
      throw diskError(this.#path, error);
    }
  }

  async finish(): Promise<LogSummary> {
    await this.#flush();
    await this[Symbol.asyncDispose]();
    return this.#summary.result();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }
}

/**
 * Opens the per-frame log at `file`, CSV or JSON lines by its ending. With `append`, the rows that
 * are there are kept, and counted in the summary; without it, an older log is replaced. Throws
 * `VsrError` of code `option` for another ending, `disk` where the file cannot be opened, and
 * `media` where a row that is there is damaged.
 */
export async function openFrameLog(
  file: string,
  options: { append?: boolean } = {},
): Promise<FrameLog> {
  const format = logFormatOf(file);
  const summary = new SummaryOfRows();
  let handle: FileHandle;
  try {
    handle = await open(file, options.append === true ? 'a' : 'w');
  } catch (error) {
    throw diskError(file, error);
  }
  try {
    const log = new FileLog(file, handle, format, summary);
    if ((await handle.stat()).size === 0) log.begin(format);
    else for await (const row of readFrameLog(file)) summary.add(row);
    return log;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
