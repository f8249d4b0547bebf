import { enlarged } from '../../planes/enlarged.js';
import type { Plane } from '../../planes/plane.js';
import { CELL, type CellMap } from '../reuse/changed-cells.js';

/** What the larger samples of a cell of the source are made of. */
export const [BICUBIC, BLENDED, NETWORK] = [0, 1, 2] as const;

/** For each cell of a plane of the source, row by row, one of these. */
export type CellKinds = {
  readonly kinds: Uint8Array;
  readonly columns: number;
  readonly rows: number;
};

/** The kinds of the cells of a `width` x `height` plane, by the shares in its larger samples. */
export function cellKinds(shares: Plane, width: number, height: number, scale: number): CellKinds {
  const [columns, rows] = [Math.ceil(width / CELL), Math.ceil(height / CELL)];
  const kinds = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const [y0, y1] = span(row, scale, shares.height);
    for (let column = 0; column < columns; column++) {
      const [x0, x1] = span(column, scale, shares.width);
      let [least, most] = [255, 0];
      for (let y = y0; y < y1; y++) {
        for (let at = y * shares.width + x0, end = at + x1 - x0; at < end; at++) {
          least = Math.min(least, shares.data[at]!);
          most = Math.max(most, shares.data[at]!);
        }
      }
      kinds[row * columns + column] = most === 0 ? BICUBIC : least === 255 ? NETWORK : BLENDED;
    }
  }
  return { kinds, columns, rows };
}

/** The larger samples of a row or column of cells, within the larger plane. */
function span(cell: number, scale: number, most: number): [from: number, to: number] {
  const at = (sample: number): number => Math.min(most, enlarged(sample, scale));
  return [at(cell * CELL), at((cell + 1) * CELL)];
}

/** Marks the cells whose kind is among `wanted`. */
export function cellsOf({ kinds, columns, rows }: CellKinds, ...wanted: number[]): CellMap {
  const marks = kinds.map((kind) => (wanted.includes(kind) ? 1 : 0));
  return { marks, columns, rows };
}

/** Consecutive cells of a row that are of one kind. */
export type CellRun = { readonly kind: number; readonly from: number; readonly to: number };

/**
 * The runs of cells of row `row` that are not wholly the network's; of those, only the cells that
 * `among` marks, where it is given.
 */
export function* runsToBlend(
  { kinds, columns }: CellKinds,
  row: number,
  among: CellMap | null,
): Generator<CellRun> {
  const start = row * columns;
  for (let from = 0; from < columns;) {
    const kind = kinds[start + from]!;
    const isIn = among === null || among.marks[start + from] === 1;
    let to = from + 1;
    while (
      to < columns &&
      kinds[start + to] === kind &&
      (among === null || (among.marks[start + to] === 1) === isIn)
    ) {
      to++;
    }
    if (isIn && kind !== NETWORK) yield { kind, from, to };
    from = to;
  }
}
