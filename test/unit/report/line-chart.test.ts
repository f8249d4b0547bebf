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

/** Places of what a chart shows: numbers of the y axis from the top, and those of its one line. */
function placesOf(svg: string) {
  const numbers = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)" text-anchor="end">([^<]+)</g)];
  const line = /d="(M[\d.,]+(?:L[\d.,]+)+)"/.exec(svg)![1]!;
  const tops = [...line.matchAll(/,([\d.]+)/g)].map(([, top]) => Number(top));
  return { numbers: numbers.map(([, , shown]) => shown), tops };
}

test('a logarithmic axis has round numbers, even where it spans less than a power of ten', () => {
  const axis = (...values: number[]) => {
    const points = values.map((value, i) => [i, value] as const);
    const series = [{ name: 'loss', points }];
    return placesOf(lineChart({ title: '', xLabel: '', yLabel: '', series, logarithmicY: true }));
  };
  assert.deepEqual(axis(0.0014, 0.0008).numbers, ['8.0e-4', '9.0e-4', '0.001', '0.0012', '0.0014']);
  assert.deepEqual(axis(0.02, 0.0008).numbers, ['0.001', '0.003', '0.01']);
  assert.deepEqual(axis(500, 0.02).numbers, ['0.1', '1', '10', '100']);
});

test('lines keep clear of the frame, and the legend of the lines', () => {
  const points = [
    [0, 28],
    [1, 30],
  ] as const;
  const series = [
    { name: 'network', points },
    { name: 'bicubic', points: [] },
  ];
  const svg = lineChart({ title: 'T', xLabel: '', yLabel: '', series });
  const { tops } = placesOf(svg);
  assert.ok(Math.min(...tops) > 34 + 5 && Math.max(...tops) < 360 - 46 - 5, tops.join());
  const legend = ['network', 'bicubic'].map((name) =>
    Number(new RegExp(`x="[\\d.]+" y="([\\d.]+)" text-anchor="start">${name}<`).exec(svg)![1]),
  );
  assert.deepEqual(legend, [20, 20]);
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
