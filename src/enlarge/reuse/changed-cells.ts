import type { Plane } from '../../planes/plane.js';

/**
 * Side, in samples, of the cells in which changes are looked for. A network's reach is only 4 to 13
 * samples, and small cells cover little more than what a change reaches.
 */
export const CELL = 2;

/** Which cells of a picture are marked: 1 or 0, row by row. */
export type CellMap = {
  readonly marks: Uint8Array;
  readonly columns: number;
  readonly rows: number;
};

/** Marks every cell in which the planes, of one size, differ. */
export function changedCells(before: Plane, now: Plane): CellMap {
  const { width, height } = now;
  const columns = Math.ceil(width / CELL);
  const rows = Math.ceil(height / CELL);
  const marks = new Uint8Array(columns * rows);
  const [a, b] = [bytesOf(before), bytesOf(now)];
  const rowBytes = width * now.data.BYTES_PER_ELEMENT;
  const words = [wordsOf(before), wordsOf(now)] as const;
  for (let row = 0; row < rows; row++) {
    const rowMarks = marks.subarray(row * columns, (row + 1) * columns);
    let left = columns;
    for (let y = row * CELL; y < Math.min(height, (row + 1) * CELL) && left > 0; y++) {
      const start = y * rowBytes;
      if (a.compare(b, start, start + rowBytes, start, start + rowBytes) === 0) continue;
      left -=
        words[0] !== null && words[1] !== null
          ? markWords(words[0], words[1], y * columns, rowMarks)
          : markRow(before.data, now.data, y * width, width, rowMarks);
    }
  }
  return { marks, columns, rows };
}

function bytesOf({ data }: Plane): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * A plane's samples as whole numbers, each holding a cell's samples of one row; `null` where cells
 * do not begin at multiples of their size in memory.
 */
function wordsOf({ data, width }: Plane): Uint16Array | Uint32Array | null {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = data;
  if (width % CELL !== 0 || byteOffset % (CELL * BYTES_PER_ELEMENT) !== 0) return null;
  const length = data.length / CELL;
  return BYTES_PER_ELEMENT === 1
    ? new Uint16Array(buffer, byteOffset, length)
    : new Uint32Array(buffer, byteOffset, length);
}

/** As `markRow`, but compares all samples of a cell at once; `start` counts cells. */
function markWords(
  before: Uint16Array | Uint32Array,
  now: Uint16Array | Uint32Array,
  start: number,
  marks: Uint8Array,
): number {
  let found = 0;
  for (let cell = 0; cell < marks.length; cell++) {
    if (before[start + cell] === now[start + cell] || marks[cell] === 1) continue;
    marks[cell] = 1;
    found++;
  }
  return found;
}

/** Marks the cells in which one row differs, in the marks of its row; returns how many are new. */
function markRow(
  before: Plane['data'],
  now: Plane['data'],
  start: number,
  width: number,
  marks: Uint8Array,
): number {
  let found = 0;
  for (let cell = 0, x = 0; x < width; cell++, x += CELL) {
    if (marks[cell] === 1) continue;
    for (let i = start + x, end = start + Math.min(width, x + CELL); i < end; i++) {
      if (before[i] === now[i]) continue;
      marks[cell] = 1;
      found++;
      break;
    }
  }
  return found;
}

/** The map with every mark spread by as many cells as `reach` samples touch. */
export function spread(map: CellMap, reach: number): CellMap {
  const { columns, rows } = map;
  const by = Math.ceil(reach / CELL);
  const across = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const marks = map.marks.subarray(row * columns, (row + 1) * columns);
    const into = across.subarray(row * columns, (row + 1) * columns);
    for (let from = marks.indexOf(1); from >= 0;) {
      const end = marks.indexOf(0, from);
      const to = end < 0 ? columns : end;
      into.fill(1, Math.max(0, from - by), Math.min(columns, to + by));
      from = end < 0 ? -1 : marks.indexOf(1, end);
    }
  }
  const marks = across.slice();
  const spreading = { marks, columns, rows };
  carryRows(across, spreading, by, 1);
  carryRows(across, spreading, by, -1);
  return spreading;
}

/** Carries every mark of `from` on by `by` rows, down or, with `step` -1, up. */
function carryRows(from: Uint8Array, into: CellMap, by: number, step: 1 | -1): void {
  const { marks, columns, rows } = into;
  // For each column, how many more rows are to be marked.
  const left = new Int32Array(columns);
  for (let n = 0, row = step === 1 ? 0 : rows - 1; n < rows; n++, row += step) {
    const at = row * columns;
    for (let column = 0; column < columns; column++) {
      if (from[at + column] === 1) left[column] = by;
      else if (left[column]! > 0) {
        left[column]!--;
        marks[at + column] = 1;
      }
    }
  }
}
