import { VsrError } from '../errors.js';
import { footageKinds, pictureFields } from '../planes/frame.js';
import {
  columnNames,
  csvHeader,
  earlierCsvHeaders,
  figureColumns,
  logFormatOf,
  psnrColumns,
  type FrameFigures,
  type FigureColumn,
  type FrameRow,
} from './frame-row.js';
import { readLogLines } from './log-lines.js';

/** What is wrong with a line; the reader adds the file and the line's number. */
class BadLine extends Error {}

function number(text: unknown, name: string): number {
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : text;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new BadLine(`expected a number for ${name} but found ${JSON.stringify(text) ?? 'nothing'}`);
}

/** A number, `inf` for infinity, or nothing. */
function figure(text: unknown, name: string): number | null {
  if (text === '' || text === null) return null;
  return text === 'inf' ? Infinity : number(text, name);
}

function word<T extends string>(text: unknown, name: string, words: readonly T[]): T | null {
  if (text === '' || text === null) return null;
  const found = words.find((each) => each === text);
  if (found !== undefined) return found;
  const said = JSON.stringify(text) ?? 'nothing';
  throw new BadLine(`expected one of ${words.join(', ')} for ${name} but found ${said}`);
}

/** A row whose values `field` gives, by their names (JSON) or by their columns from 0 (CSV). */
function rowOf(field: (name: string, index: number) => unknown): FrameRow {
  const figures = figureColumns.map((column, i): [FigureColumn, number | null] => {
    const name = columnNames[column];
    const text = field(name, i + 3);
    return [column, figure(i < psnrColumns.length ? text : (text ?? null), name)];
  });
  // Logs of earlier versions lack these columns.
  const originOf = (name: string, place: number): unknown =>
    field(name, figureColumns.length + 3 + place) ?? null;
  const row = {
    frame: number(field('frame', 0), 'frame'),
    pts: number(field('pts', 1), 'pts'),
    ptsTime: number(field('pts_time', 2), 'pts_time'),
    ...(Object.fromEntries(figures) as FrameFigures),
    sourcePts: figure(originOf('source_pts', 0), 'source_pts'),
    field: word(originOf('field', 1), 'field', pictureFields),
    scan: word(originOf('scan', 2), 'scan', footageKinds),
  };
  if (!Number.isSafeInteger(row.frame) || row.frame < 0 || !Number.isSafeInteger(row.pts)) {
    throw new BadLine('expected whole numbers for frame and pts');
  }
  if (row.sourcePts !== null && !Number.isSafeInteger(row.sourcePts)) {
    throw new BadLine('expected a whole number for source_pts');
  }
  return row;
}

/** Reads a line of `count` columns. */
function parseCsv(line: string, count: number): FrameRow {
  const cells = line.split(',');
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
 * Reads the rows of the log `file` one by one. Throws a `VsrError` of code `media`, which names the
 * line, where the log is damaged, cut off, or skips a frame, and one of code `option` where the
 * file's ending is not that of a log.
 */
export async function* readFrameLog(file: string): AsyncGenerator<FrameRow> {
  const format = logFormatOf(file);
  let columns = csvHeader.split(',').length;
  let expected: number | undefined;
  let lineNumber = 0;
  const bad = (why: string) =>
    new VsrError('media', `The per-frame log ${file} is damaged at line ${lineNumber}: ${why}.`);
  for await (const line of readLogLines(file)) {
    lineNumber++;
    if (!line.whole) throw bad('the file is cut off there');
    if (format === 'csv' && lineNumber === 1) {
      const known = [csvHeader, ...earlierCsvHeaders].includes(line.text);
      if (!known) throw bad(`expected the header ${csvHeader}`);
      columns = line.text.split(',').length;
      continue;
    }
    let row: FrameRow;
    try {
      row = format === 'csv' ? parseCsv(line.text, columns) : parseJson(line.text);
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
