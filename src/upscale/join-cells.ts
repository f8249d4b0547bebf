import type { CellMap } from './changed-cells.js';
import { CELL } from './changed-cells.js';
import type { Rect } from './enlarge-plane.js';

/** What one run of a session costs beyond its samples, in samples: 25 of 250 ns each (16x7, one thread). */
const samplesPerStart = 100;

/** More rectangles than this are only joined with their neighbours above. */
const mostCompared = 96;

/** The cost of a run, in samples: a valid network computes half its halo on average. */
function cost(rect: Rect, halo: number): number {
  return (rect.x1 - rect.x0 + halo) * (rect.y1 - rect.y0 + halo) + samplesPerStart;
}

function union(a: Rect, b: Rect): Rect {
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}

/** What `joinCells` found: what to run, in samples, and what that costs against the whole picture. */
export type Joined = { readonly rects: readonly Rect[]; readonly share: number };

/**
 * Covers all marked cells of a `width` x `height` picture by rectangles that cost little together:
 * a rectangle pays for its halo, so near ones are joined even if cells between them are not marked.
 */
export function joinCells(map: CellMap, halo: number, width: number, height: number): Joined {
  let rects: Rect[] = [];
  let open: Rect[] = [];
  for (let row = 0; row < map.rows; row++) {
    const next: Rect[] = [];
    for (const run of runsOf(map, row, halo, width, height)) {
      const above = open.findIndex(
        (rect) => cost(union(rect, run), halo) <= cost(rect, halo) + cost(run, halo),
      );
      if (above < 0) next.push(run);
      else next.push(union(open.splice(above, 1)[0]!, run));
    }
    rects.push(...open);
    open = next;
  }
  rects.push(...open);
  if (rects.length <= mostCompared) rects = joinedPairs(rects, halo);
  const total = rects.reduce((sum, rect) => sum + cost(rect, halo), 0);
  return { rects, share: total / cost({ x0: 0, y0: 0, x1: width, y1: height }, halo) };
}

/** The marked runs of one row of cells, with gaps filled that cost more to leave out. */
function runsOf(map: CellMap, row: number, halo: number, width: number, height: number): Rect[] {
  const { marks, columns } = map;
  const y0 = row * CELL;
  const y1 = Math.min(height, y0 + CELL);
  const runs: Rect[] = [];
  for (let column = 0; column < columns; column++) {
    if (marks[row * columns + column] === 0) continue;
    const cell = { x0: column * CELL, y0, x1: Math.min(width, (column + 1) * CELL), y1 };
    const last = runs.at(-1);
    const joined = last === undefined ? cell : union(last, cell);
    if (last !== undefined && cost(joined, halo) <= cost(last, halo) + cost(cell, halo)) {
      runs[runs.length - 1] = joined;
    } else {
      runs.push(cell);
    }
  }
  return runs;
}

/** Joins any two for as long as that costs less. */
function joinedPairs(rects: readonly Rect[], halo: number): Rect[] {
  const list = [...rects];
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 0; i < list.length; i++) {
      for (let j = list.length - 1; j > i; j--) {
        const both = union(list[i]!, list[j]!);
        if (cost(both, halo) > cost(list[i]!, halo) + cost(list[j]!, halo)) continue;
        list[i] = both;
        list.splice(j, 1);
        changed = true;
      }
    }
  }
  return list;
}
