import assert from 'node:assert/strict';
import test from 'node:test';
import type { Plane } from '../../../../src/planes/plane.js';
import {
  CELL,
  type CellMap,
  changedCells,
  spread,
} from '../../../../src/enlarge/reuse/changed-cells.js';
import type { Rect } from '../../../../src/planes/rect.js';
import { joinCells } from '../../../../src/enlarge/reuse/join-cells.js';
import { planStrips } from '../../../../src/enlarge/reuse/strips.js';
import { random } from '../../../support/random-model.js';

const flat = (): Plane => ({ data: new Uint8Array(50 * 30), width: 50, height: 30 });

/** Columns and rows of the cells marked. */
function marked({ marks, columns }: CellMap): [number, number][] {
  return [...marks.keys()]
    .filter((i) => marks[i] === 1)
    .map((i) => [i % columns, Math.floor(i / columns)]);
}

test('cells in which planes differ are marked, those of the last column and row too', () => {
  const now = flat();
  now.data[9 * 50 + 17] = 1;
  now.data[29 * 50 + 49] = 1;
  const map = changedCells(flat(), now);
  assert.deepEqual([map.columns, map.rows], [50 / CELL, 30 / CELL]);
  assert.deepEqual(marked(map), [
    [Math.floor(17 / CELL), Math.floor(9 / CELL)],
    [50 / CELL - 1, 30 / CELL - 1],
  ]);
});

test('cells are found at once as sample by sample', () => {
  const next = random(7);
  for (const Samples of [Uint8Array, Uint16Array]) {
    for (const [width, height] of [
      [48, 20],
      [46, 21],
      [45, 9],
    ] as const) {
      const before = { data: new Samples(width * height), width, height };
      const now = { ...before, data: new Samples(width * height) };
      for (let i = 0; i < 30; i++) {
        const place = Math.floor((next() + 0.5) * now.data.length);
        now.data[place] = 1 << Math.floor((next() + 0.5) * 8 * Samples.BYTES_PER_ELEMENT);
      }
      const map = changedCells(before, now);
      const expected = new Uint8Array(map.marks.length);
      now.data.forEach((value, i) => {
        const cell = Math.floor(Math.floor(i / width) / CELL) * map.columns;
        if (value !== 0) expected[cell + Math.floor((i % width) / CELL)] = 1;
      });
      assert.deepEqual(map.marks, expected, `${Samples.name} ${width}x${height}`);
    }
  }
});

test('marks spread by the cells that the reach touches, as far as the picture goes', () => {
  const now = flat();
  const places = [
    [20, 12],
    [31, 13],
    [0, 0],
    [49, 29],
  ] as const;
  for (const [x, y] of places) now.data[y * 50 + x] = 1;
  const by = 3;
  const map = spread(changedCells(flat(), now), (by - 1) * CELL + 1);
  const near = ([column, row]: readonly [number, number]) =>
    places.some(
      ([x, y]) =>
        Math.abs(column - Math.floor(x / CELL)) <= by && Math.abs(row - Math.floor(y / CELL)) <= by,
    );
  const all = [...map.marks.keys()].map((i): [number, number] => [
    i % map.columns,
    Math.floor(i / map.columns),
  ]);
  assert.deepEqual(marked(map), all.filter(near));
});

function covers(rects: readonly Rect[], x: number, y: number): boolean {
  return rects.some((r) => x >= r.x0 && x < r.x1 && y >= r.y0 && y < r.y1);
}

test('rectangles cover every marked cell, within the picture, and near ones are joined', () => {
  const next = random(3);
  for (let round = 0; round < 20; round++) {
    const [columns, rows] = [Math.ceil(317 / CELL), Math.ceil(195 / CELL)];
    const marks = new Uint8Array(columns * rows);
    for (let i = 0; i < 12 * (round + 1); i++) {
      marks[Math.floor((next() + 0.5) * marks.length)] = 1;
    }
    const { rects } = joinCells({ marks, columns, rows }, 7, 317, 195);
    for (const rect of rects) assert.ok(rect.x1 <= 317 && rect.y1 <= 195 && rect.x0 < rect.x1);
    for (let i = 0; i < marks.length; i++) {
      if (marks[i] === 1) {
        const [x, y] = [(i % columns) * CELL, Math.floor(i / columns) * CELL];
        assert.ok(covers(rects, x, y));
        assert.ok(covers(rects, Math.min(316, x + CELL - 1), Math.min(194, y + CELL - 1)));
      }
    }
  }
  // Two changes a few samples apart, and one far away.
  const map = { marks: new Uint8Array(80 * 80), columns: 80, rows: 80 };
  for (const [column, row] of [
    [21, 21],
    [24, 22],
    [70, 60],
  ] as const) {
    map.marks[row * 80 + column] = 1;
  }
  const joined = joinCells(map, 7, 80 * CELL, 80 * CELL);
  const cells = (x0: number, y0: number, x1: number, y1: number): Rect => ({
    ...{ x0: x0 * CELL, y0: y0 * CELL, x1: x1 * CELL, y1: y1 * CELL },
  });
  assert.deepEqual(joined.rects, [cells(21, 21, 25, 23), cells(70, 60, 71, 61)]);
  assert.ok(joined.share < 0.1);
});

test('strips cover a picture exactly once', () => {
  const graph = { halo: 7, align: 1, fixed: null };
  for (const [width, height] of [
    [1, 1],
    [640, 360],
    [1921, 1081],
    [7680, 4320],
    [8, 9000],
  ] as const) {
    const strips = planStrips(width, height, graph);
    const area = strips.reduce((sum, r) => sum + (r.x1 - r.x0) * (r.y1 - r.y0), 0);
    assert.equal(area, width * height);
    assert.ok(strips.every((r) => (r.x1 - r.x0) * (r.y1 - r.y0) < 2 * 640 * 180));
  }
  const whole = planStrips(5000, 4000, { halo: Infinity, align: 1, fixed: null });
  assert.deepEqual(whole, [{ x0: 0, y0: 0, x1: 5000, y1: 4000 }]);
});
