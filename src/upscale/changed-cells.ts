import type { Plane } from '../planes/plane.js';

/** Samples each way of the cells in which change is looked for. */
export const CELL = 8;

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
  for (let row = 0; row < rows; row++) {
    const first = row * columns;
    let left = columns;
    for (let y = row * CELL; y < Math.min(height, (row + 1) * CELL) && left > 0; y++) {
      const start = y * rowBytes;
      if (a.compare(b, start, start + rowBytes, start, start + rowBytes) === 0) continue;
      left -= markRow(before.data, now.data, y * width, width, marks, first);
    }
  }
  return { marks, columns, rows };
}

function bytesOf({ data }: Plane): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Marks the cells in which one row differs and returns how many are new. */
function markRow(
  before: Plane['data'],
  now: Plane['data'],
  start: number,
  width: number,
  marks: Uint8Array,
  first: number,
): number {
  let found = 0;
  for (let cell = 0, x = 0; x < width; cell++, x += CELL) {
    if (marks[first + cell] === 1) continue;
    for (let i = start + x, end = start + Math.min(width, x + CELL); i < end; i++) {
      if (before[i] === now[i]) continue;
      marks[first + cell] = 1;
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
  const marks = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (map.marks[row * columns + column] === 0) continue;
      const end = Math.min(columns, column + by + 1);
      across.fill(1, row * columns + Math.max(0, column - by), row * columns + end);
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let y = Math.max(0, row - by); y < Math.min(rows, row + by + 1); y++) {
      for (let column = 0; column < columns; column++) {
        if (across[y * columns + column] === 1) marks[row * columns + column] = 1;
      }
    }
  }
  return { marks, columns, rows };
}
