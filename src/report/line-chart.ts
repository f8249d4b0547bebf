import { escapeHtml } from './html.js';

/** One line of a chart. */
export type ChartSeries = {
  readonly name: string;
  /** Points with x in rising order; those that are not finite leave a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** CSS colour; if absent, the next one of a fixed palette. */
  readonly colour?: string;
  /** Drawn dashed, as baselines are. */
  readonly dashed?: boolean;
};

/** What a chart shows. */
export type LineChart = {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly ChartSeries[];
  /** Pixels; default 720 x 360. */
  readonly width?: number;
  readonly height?: number;
  /** Draws y on a logarithmic axis; values must be above 0. */
  readonly logarithmicY?: boolean;
};

// Distinguishable with the common colour deficiencies (Okabe and Ito).
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const margin = { left: 84, right: 24, top: 34, bottom: 46 };
/** Share of the values' span that is left free above and below them. */
const headroom = 0.05;
/** Width of a letter of the legend, in pixels, at most. */
const letterWidth = 7.5;

/** Round values (1, 2 or 5 times a power of ten apart) within a span; about `count` of them. */
export function roundTicks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough)!;
  const ticks: number[] = [];
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to + step * 1e-9; n++) {
    ticks.push(Number((n * step).toPrecision(12)));
  }
  return ticks;
}

type Scale = {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
  /** The values at the ends of the axis. */
  readonly low: number;
  readonly high: number;
};

function linearScale(
  values: readonly number[],
  [from, to]: readonly [number, number],
  count: number,
  free = 0,
): Scale {
  let low = values.length > 0 ? values.reduce((a, b) => Math.min(a, b)) : 0;
  let high = values.length > 0 ? values.reduce((a, b) => Math.max(a, b)) : 1;
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  [low, high] = [low - free * (high - low), high + free * (high - low)];
  const at = (value: number) => from + ((value - low) / (high - low)) * (to - from);
  return { at, ticks: roundTicks(low, high, count), low, high };
}

function logarithmicScale(values: readonly number[], span: readonly [number, number]): Scale {
  const linear = linearScale(values.map(Math.log10), span, 4, headroom);
  const ticks = powerTicks(10 ** linear.low, 10 ** linear.high);
  return { ...linear, at: (value) => linear.at(Math.log10(value)), ticks };
}

/** First digits of the numbers on a logarithmic axis, from the widest spans to the narrowest. */
const firstDigits = [[1], [1, 3], [1, 2, 5], [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]];

/** Round values from `low` to `high`, more than two where the finest digits have so many. */
function powerTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, i) => first + i,
  );
  const candidates = firstDigits.map((digits) =>
    powers
      .flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)))
      .filter((value) => low <= value && value <= high),
  );
  return candidates.find((ticks) => ticks.length > 2) ?? candidates.at(-1)!;
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
}

/** Points as SVG path data; a gap where a value is not finite. */
function pathOf(points: ChartSeries['points'], x: Scale, y: Scale): string {
  let data = '';
  let pen = 'M';
  for (const [px, py] of points) {
    const [left, top] = [x.at(px), y.at(py)];
    if (!Number.isFinite(left) || !Number.isFinite(top)) {
      pen = 'M';
      continue;
    }
    data += `${pen}${left.toFixed(1)},${top.toFixed(1)}`;
    pen = 'L';
  }
  return data;
}

/** A line chart as a whole SVG document: axes with round ticks, a light grid, a legend. */
export function lineChart(chart: LineChart): string {
  const { width = 720, height = 360, series } = chart;
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const finite = series.flatMap(({ points }) =>
    points.filter(
      ([x, y]) =>
        Number.isFinite(x) && Number.isFinite(y) && (chart.logarithmicY !== true || y > 0),
    ),
  );
  const x = linearScale(
    finite.map(([value]) => value),
    [margin.left, right],
    8,
  );
  const yValues = finite.map(([, value]) => value);
  const y =
    chart.logarithmicY === true && yValues.length > 0
      ? logarithmicScale(yValues, [bottom, margin.top])
      : linearScale(yValues, [bottom, margin.top], 5, headroom);
  const parts: string[] = [];
  const text = (left: number, top: number, anchor: string, words: string, more = '') =>
    parts.push(
      `<text x="${left.toFixed(1)}" y="${top.toFixed(1)}" text-anchor="${anchor}"${more}>${escapeHtml(words)}</text>`,
    );
  for (const tick of y.ticks) {
    const top = y.at(tick).toFixed(1);
    parts.push(`<path class="grid" d="M${margin.left},${top}H${right}"/>`);
    text(margin.left - 6, y.at(tick) + 4, 'end', shortNumber(tick));
  }
  for (const tick of x.ticks) {
    parts.push(`<path class="grid" d="M${x.at(tick).toFixed(1)},${margin.top}V${bottom}"/>`);
    text(x.at(tick), bottom + 16, 'middle', shortNumber(tick));
  }
  // The legend stands above the lines, beside the title, where it hides none of them.
  let left = right;
  for (const [i, one] of [...series.entries()].reverse()) {
    const colour = escapeHtml(one.colour ?? palette[i % palette.length]!);
    const dash = one.dashed === true ? ' stroke-dasharray="5 4"' : '';
    parts.push(`<path class="line" stroke="${colour}"${dash} d="${pathOf(one.points, x, y)}"/>`);
    left -= 40 + Math.ceil(one.name.length * letterWidth);
    parts.push(`<path class="line" stroke="${colour}"${dash} d="M${left + 12},16h18"/>`);
    text(left + 36, 20, 'start', one.name);
  }
  text(margin.left, 20, 'start', chart.title, ' class="title"');
  text((margin.left + right) / 2, height - 10, 'middle', chart.xLabel);
  const middle = (margin.top + bottom) / 2;
  text(14, middle, 'middle', chart.yLabel, ` transform="rotate(-90 14 ${middle.toFixed(1)})"`);
  const style =
    'text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600}.grid{stroke:#e4e4e4}.line{fill:none;stroke-width:1.6}';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><style>${style}</style><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}
