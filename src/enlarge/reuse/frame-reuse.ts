import type { InferenceGraph } from '../../model/load/inference-graph.js';
import { planeOf } from '../../planes/frame.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { BICUBIC_REACH } from '../bicubic/larger-rows.js';
import { CELL, type CellMap, spread } from './changed-cells.js';
import type { Rect } from '../../planes/rect.js';
import { joinCells } from './join-cells.js';
import { planStrips } from './strips.js';

/**
 * Above this share of the whole picture's cost, the whole picture is computed: that is simpler and
 * as fast.
 */
const worthwhile = 0.85;

/** The part of a frame that is computed; the rest is copied from the frame before. */
export type ReusePlan = {
  /** Runs of the session that cover every cell whose result can differ. */
  readonly rects: readonly Rect[];
  /** Cells that the runs cover. */
  readonly computed: CellMap;
  /** Share of the picture, 0 to 1, that is copied. */
  readonly reused: number;
};

/** Whether results of this graph can be copied cell by cell. */
export function canReuse(graph: InferenceGraph): boolean {
  return graph.colour === 'luma' && graph.fixed === null && Number.isFinite(graph.halo);
}

/**
 * Plans a frame by what of it has `changed` since the one before: a result is the same wherever all
 * samples within the network's reach are. `needed` are the cells in which the network's result
 * shows, where it does not show in all. `null` where so much moves that the whole frame is
 * computed.
 */
export function planReuse(
  graph: InferenceGraph,
  { width, height }: FrameLayout,
  changed: CellMap,
  needed: CellMap | null = null,
): ReusePlan | null {
  if (shareOf(changed) > worthwhile) return null;
  const stale = spread(changed, needed === null ? graph.halo : Math.max(graph.halo, BICUBIC_REACH));
  const { rects, share } = joinCells(both(stale, needed), graph.halo, width, height);
  if (share > worthwhile) return null;
  // Where the network does not show, what has changed is made without it.
  const marks = needed === null ? new Uint8Array(stale.marks.length) : stale.marks.slice();
  const computed = { ...stale, marks };
  const runs = rects.flatMap((rect) => split(rect, graph));
  for (const rect of rects) markCells(computed, rect);
  return { rects: runs, computed, reused: 1 - shareOf(computed) };
}

/** Runs that cover the cells in which the network's result shows, and few others. */
export function runsFor(graph: InferenceGraph, layout: FrameLayout, needed: CellMap): Rect[] {
  const { width, height } = layout;
  const { rects, share } = joinCells(needed, graph.halo, width, height);
  if (share > worthwhile) return planStrips(width, height, graph);
  return rects.flatMap((rect) => split(rect, graph));
}

/** Cells that both maps mark; `null` stands for a map that marks all. */
export function both(map: CellMap, other: CellMap | null): CellMap {
  if (other === null) return map;
  return { ...map, marks: map.marks.map((mark, i) => mark & other.marks[i]!) };
}

/** Cells that one of the maps marks. */
export function either(map: CellMap, other: CellMap): CellMap {
  return { ...map, marks: map.marks.map((mark, i) => mark | other.marks[i]!) };
}

/** Share of the cells that are marked, 0 to 1. */
function shareOf({ marks }: CellMap): number {
  let count = 0;
  for (let i = 0; i < marks.length; i++) count += marks[i]!;
  return count / marks.length;
}

/** Divides a large rectangle as a whole picture is divided. */
function split(rect: Rect, graph: InferenceGraph): Rect[] {
  const parts = planStrips(rect.x1 - rect.x0, rect.y1 - rect.y0, graph);
  return parts.map(({ x0, y0, x1, y1 }) => ({
    x0: rect.x0 + x0,
    y0: rect.y0 + y0,
    x1: rect.x0 + x1,
    y1: rect.y0 + y1,
  }));
}

function markCells(map: CellMap, rect: Rect): void {
  const [from, to] = [Math.floor(rect.x0 / CELL), Math.ceil(rect.x1 / CELL)];
  for (let row = Math.floor(rect.y0 / CELL); row < Math.ceil(rect.y1 / CELL); row++) {
    map.marks.fill(1, row * map.columns + from, row * map.columns + to);
  }
}

/** Copies luma of all cells that were not computed. */
export function copyReused(
  computed: CellMap,
  before: Uint8Array,
  now: Uint8Array,
  larger: FrameLayout,
  scale: number,
): void {
  const source = planeOf(before, larger, 0).data;
  const { data: target, width, height } = planeOf(now, larger, 0);
  const size = CELL * scale;
  for (let row = 0; row < computed.rows; row++) {
    const marks = computed.marks.subarray(row * computed.columns, (row + 1) * computed.columns);
    const [y0, y1] = [row * size, Math.min(height, (row + 1) * size)];
    for (let from = marks.indexOf(0); from >= 0;) {
      const end = marks.indexOf(1, from);
      const to = end < 0 ? computed.columns : end;
      const [x0, x1] = [from * size, Math.min(width, to * size)];
      if (x0 === 0 && x1 === width) {
        target.set(source.subarray(y0 * width, y1 * width), y0 * width);
      } else {
        for (let y = y0; y < y1; y++) {
          target.set(source.subarray(y * width + x0, y * width + x1), y * width + x0);
        }
      }
      from = end < 0 ? -1 : marks.indexOf(0, end);
    }
  }
}
