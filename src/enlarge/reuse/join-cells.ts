import type { CellMap } from './changed-cells.js';
import { CELL } from './changed-cells.js';
import type { Rect } from '../../planes/rect.js';

/**
 * What one run of a session costs besides its samples, in samples: 25 µs, where a sample costs 250
 * ns (seven layers of 16 channels, one thread).
 */
const samplesPerStart = 100;

/** Above this number of rectangles, not every pair is compared: that would take too long. */
const mostCompared = 256;

/**
 * Side, in cells, of the blocks that joining begins with. Beginning with single cells ends in more
 * rectangles, which cost more together.
 */
const BLOCK = 16;

/**
 * The cost of a run, in samples. A network without padding computes less of the halo in each layer:
 * on average half of it on each side, `halo` samples each way.
 */
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

/**
 * The result of `joinCells`: the rectangles to run, in samples, and their cost as a share of the
 * whole picture's.
 */
export type Joined = { readonly rects: readonly Rect[]; readonly share: number };

/**
 * Covers all marked cells of a `width` x `height` picture by rectangles that cost little together:
 * a rectangle pays for its halo, so near ones are joined even if cells between them are not marked.
 */
export function joinCells(map: CellMap, halo: number, width: number, height: number): Joined {
  let rects: Rect[] = [];
  let open: Rect[] = [];
  for (const boxes of boxesByRow(map, width, height)) {
    const next: Rect[] = [];
    for (const run of runsOf(boxes, halo)) {
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

/**
 * For each row of blocks the boxes around what they mark, in samples; blocks without marks are left
 * out.
 */
function* boxesByRow(map: CellMap, width: number, height: number): Generator<readonly Rect[]> {
  const { marks, columns, rows } = map;
  for (let top = 0; top < rows; top += BLOCK) {
    const boxes: Rect[] = [];
    for (let row = top; row < Math.min(rows, top + BLOCK); row++) {
      const line = marks.subarray(row * columns, (row + 1) * columns);
      const y0 = row * CELL;
      const y1 = Math.min(height, y0 + CELL);
      for (let from = line.indexOf(1); from >= 0;) {
        const block = Math.floor(from / BLOCK);
        const end = line.indexOf(0, from);
        const to = Math.min(end < 0 ? columns : end, (block + 1) * BLOCK);
        const run = { x0: from * CELL, y0, x1: Math.min(width, to * CELL), y1 };
        boxes[block] = boxes[block] === undefined ? run : union(boxes[block], run);
        from = line.indexOf(1, to);
      }
    }
    // Drops the array's holes, which stand for blocks without marks.
    yield boxes.filter(() => true);
  }
}

/** The boxes of a row, joined where what is between them costs less than a second halo. */
function runsOf(boxes: readonly Rect[], halo: number): Rect[] {
  const runs: Rect[] = [];
  for (const box of boxes) {
    const last = runs.at(-1);
    const joined = last === undefined ? box : union(last, box);
    if (last !== undefined && cost(joined, halo) <= cost(last, halo) + cost(box, halo)) {
      runs[runs.length - 1] = joined;
    } else {
      runs.push(box);
    }
  }
  return runs;
}

/** Joins any two rectangles as long as that costs less. */
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
