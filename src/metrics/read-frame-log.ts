import { VsrError } from '../errors.js';
import {
  columnNames,
  csvHeader,
  logFormatOf,
  psnrColumns,
  type FrameFigures,
  type FrameRow,
  type PsnrColumn,
} from './frame-row.js';
import { readLogLines } from './log-lines.js';

/** What is wrong with a line, without saying where. */
class BadLine extends Error {}

function number(text: unknown, name: string): number {
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : text;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new BadLine(`expected a number for ${name} but found ${JSON.stringify(text) ?? 'nothing'}`);
}

function figure(text: unknown, name: string): number | null {
  if (text === '' || text === null) return null;
  return text === 'inf' ? Infinity : number(text, name);
}

function rowOf(field: (name: string, index: number) => unknown): FrameRow {
  const figures = psnrColumns.map((column, i): [PsnrColumn, number | null] => {
    const name = columnNames[column];
    return [column, figure(field(name, i + 3), name)];
  });
  const row = {
    frame: number(field('frame', 0), 'frame'),
    pts: number(field('pts', 1), 'pts'),
    ptsTime: number(field('pts_time', 2), 'pts_time'),
    ...(Object.fromEntries(figures) as FrameFigures),
  };
  if (!Number.isSafeInteger(row.frame) || row.frame < 0 || !Number.isSafeInteger(row.pts)) {
    throw new BadLine('expected whole numbers for frame and pts');
  }
  return row;
}

function parseCsv(line: string): FrameRow {
  const cells = line.split(',');
  const count = psnrColumns.length + 3;
  if (cells.length !== count) {
    throw new BadLine(`expected ${count} columns but found ${cells.length}`);
  }
  return rowOf((_, index) => cells[index]);
}

function parseJson(line: string): FrameRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadLine('expected one JSON object');
  }
  if (typeof value !== 'object' || value === null) throw new BadLine('expected one JSON object');
  return rowOf((name) => (value as Record<string, unknown>)[name]);
}

/**
 * The rows of the log `file`, one by one. A `VsrError` of code `media` names the line at which a
 * log is damaged, cut off, or skips a frame; of code `option` a file whose ending is no log's.
 */
export async function* readFrameLog(file: string): AsyncGenerator<FrameRow> {
  const format = logFormatOf(file);
  const parse = format === 'csv' ? parseCsv : parseJson;
  let expected: number | undefined;
  let lineNumber = 0;
  const bad = (why: string) =>
    new VsrError('media', `The per-frame log ${file} is damaged at line ${lineNumber}: ${why}.`);
  for await (const line of readLogLines(file)) {
    lineNumber++;
    if (!line.whole) throw bad('the file is cut off there');
    if (format === 'csv' && lineNumber === 1) {
      if (line.text !== csvHeader) throw bad(`expected the header ${csvHeader}`);
      continue;
    }
    let row: FrameRow;
    try {
      row = parse(line.text);
    } catch (error) {
      throw error instanceof BadLine ? bad(error.message) : error;
    }
    if (expected !== undefined && row.frame !== expected) {
      throw bad(`expected frame ${expected} but found frame ${row.frame}`);
    }
    expected = row.frame + 1;
    yield row;
  }
  if (lineNumber === 0) throw new VsrError('media', `The per-frame log ${file} is empty.`);
}
