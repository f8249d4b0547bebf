import assert from 'node:assert/strict';
import test from 'node:test';
import { lineChart, roundTicks } from '../../../src/report/line-chart.js';

test('ticks are round numbers within the span', () => {
  assert.deepEqual(roundTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(roundTicks(28.3, 31.7, 4), [29, 30, 31]);
});

test('a chart is one SVG with a line for each series, text escaped', () => {
  const series = [
    {
      name: 'a < b',
      points: [
        [0, 1],
        [10, 3],
      ] as const,
    },
    {
      name: 'base',
      points: [
        [0, 2],
        [10, 2],
      ] as const,
      dashed: true,
    },
  ];
  const svg = lineChart({ title: 'T & U', xLabel: 'x', yLabel: 'y', series });
  assert.match(svg, /^<svg xmlns=/);
  assert.match(svg, /T &amp; U/);
  assert.match(svg, /a &lt; b/);
  assert.equal(svg.match(/stroke-dasharray/g)!.length, 2, 'the line and its place in the legend');
  assert.ok(!/NaN|undefined|Infinity/.test(svg));
});

test('values that are not finite leave a gap, no data an empty chart', () => {
  const points = [
    [0, 1],
    [1, NaN],
    [2, 3],
  ] as const;
  const svg = lineChart({ title: '', xLabel: '', yLabel: '', series: [{ name: 'n', points }] });
  assert.match(svg, /d="M[\d.,]+M[\d.,]+"/);
  assert.ok(!/NaN/.test(svg));
  const empty = lineChart({ title: '', xLabel: '', yLabel: '', series: [], logarithmicY: true });
  assert.ok(!/NaN|Infinity/.test(empty));
});
