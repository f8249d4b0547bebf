import test from 'node:test';
import assert from 'node:assert/strict';
import type { FrameRow } from '../../../../src/metrics/frame-log.js';
import { FrameRanking } from '../../../../src/report/page/pick-frames.js';
import { RowThinner } from '../../../../src/report/page/thin-rows.js';

function row(frame: number, psnrToSourceY: number | null): FrameRow {
  const nothing = {
    ...{ psnrY: null, psnrU: null, psnrV: null, psnrYBicubic: null },
    ...{ flickerY: null, flickerYBicubic: null, flickerToBicubicY: null },
    ...{ sourcePts: null, field: null, scan: null },
  };
  return { frame, pts: frame, ptsTime: frame / 25, ...nothing, psnrToBicubicY: 40, psnrToSourceY };
}

test('a short log keeps a point for each frame, and only the columns it has', () => {
  const thinner = new RowThinner(100);
  for (let i = 0; i < 100; i++) thinner.add(row(i, i));
  const plot = thinner.result();
  assert.equal(plot.frames.length, 100);
  assert.deepEqual(Object.keys(plot.columns), ['psnrToBicubicY', 'psnrToSourceY']);
});

test('a long log is thinned, and its extremes stay', () => {
  const thinner = new RowThinner(1000);
  for (let i = 0; i < 200_000; i++) {
    thinner.add(row(i, i === 123_457 ? 7 : i === 61_803 ? Infinity : 40 + Math.sin(i / 50)));
  }
  const plot = thinner.result();
  assert.equal(plot.rows, 200_000);
  assert.ok(plot.frames.length > 1000 && plot.frames.length < 5000);
  const values = plot.columns.psnrToSourceY!;
  assert.equal(values[plot.frames.indexOf(123_457)], 7);
  assert.equal(values[plot.frames.indexOf(61_803)], Infinity);
  assert.ok(plot.frames.every((frame, i) => i === 0 || frame > plot.frames[i - 1]!));
});

test('worst, median and best are picked by the column, named frames are added once', () => {
  const ranking = new FrameRanking('psnrToSourceY');
  [40, 30, Infinity, 35, 45].forEach((psnr, i) => ranking.add(row(i, psnr)));
  const picked = ranking.pick([1, 4, 99]);
  assert.deepEqual(
    picked.map(({ why, frame, psnr }) => [why, frame, psnr]),
    [
      ['worst', 1, 30],
      ['median', 0, 40],
      ['best', 2, Infinity],
      ['named', 4, 45],
    ],
  );
  assert.deepEqual(
    ranking.worst(2).map(({ frame }) => frame),
    [1, 3],
  );
});

test('a log without figures shows its first frame', () => {
  const ranking = new FrameRanking('psnrY');
  ranking.add(row(0, 40));
  assert.deepEqual(
    ranking.pick().map(({ why, frame, psnr }) => [why, frame, psnr]),
    [['first', 0, null]],
  );
});
