import assert from 'node:assert/strict';
import test from 'node:test';
import type { Plane } from '../../../src/planes/plane.js';
import { CELL, changedCells, spread } from '../../../src/upscale/changed-cells.js';
import type { Rect } from '../../../src/upscale/enlarge-plane.js';
import { joinCells } from '../../../src/upscale/join-cells.js';
import { planStrips } from '../../../src/upscale/strips.js';
import { random } from '../../support/random-model.js';

const flat = (): Plane => ({ data: new Uint8Array(50 * 30), width: 50, height: 30 });

test('cells in which planes differ are marked, those of the last column and row too', () => {
  const now = flat();
  now.data[9 * 50 + 17] = 1;
  now.data[29 * 50 + 49] = 1;
  const map = changedCells(flat(), now);
  assert.deepEqual([map.columns, map.rows], [7, 4]);
  const marked = [...map.marks.keys()].filter((i) => map.marks[i] === 1);
  assert.deepEqual(marked, [7 + 2, 3 * 7 + 6]);
});

test('a mark spreads by the cells that the reach touches', () => {
  const now = flat();
  now.data[12 * 50 + 20] = 1;
  const map = spread(changedCells(flat(), now), CELL + 1);
  const rows = [0, 1, 2, 3].map((row) => [...map.marks.subarray(row * 7, row * 7 + 7)].join(''));
  assert.deepEqual(rows, ['1111100', '1111100', '1111100', '1111100']);
});

function covers(rects: readonly Rect[], x: number, y: number): boolean {
  return rects.some((r) => x >= r.x0 && x < r.x1 && y >= r.y0 && y < r.y1);
}

test('rectangles cover every marked cell, within the picture, and near ones are joined', () => {
  const next = random(3);
  for (let round = 0; round < 20; round++) {
    const [columns, rows] = [40, 25];
    const marks = new Uint8Array(columns * rows);
    for (let i = 0; i < 12 * (round + 1); i++) {
      marks[Math.floor((next() + 0.5) * marks.length)] = 1;
    }
    const { rects } = joinCells({ marks, columns, rows }, 7, 317, 195);
    for (const rect of rects) assert.ok(rect.x1 <= 317 && rect.y1 <= 195 && rect.x0 < rect.x1);
    for (let i = 0; i < marks.length; i++) {
      if (marks[i] === 1) {
        assert.ok(covers(rects, (i % columns) * CELL, Math.floor(i / columns) * CELL));
      }
    }
  }
  const marks = new Uint8Array(400);
  for (const i of [21, 22, 24, 41, 44]) marks[i] = 1;
  const joined = joinCells({ marks, columns: 20, rows: 20 }, 7, 160, 160);
  assert.deepEqual(joined.rects, [{ x0: 8, y0: 8, x1: 40, y1: 24 }]);
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
