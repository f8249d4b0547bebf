import { psnrColumns } from '../../metrics/frame-row.js';
import type { ColumnSummary } from '../../metrics/log-summary.js';
import type { Views } from './before-after.js';
import type { ClipReport, ShownFrame } from './clip-report.js';
import { columnLabels } from './column-labels.js';
import { figureCell } from './figure-cell.js';
import { runsStrip } from './page-runs.js';
import { flickerPlot, flickerTable } from './page-flicker.js';
import { escapeHtml } from '../html.js';

/** Decibels for people. */
export function showDecibels(value: number): string {
  return value === Infinity ? 'equal' : value.toFixed(2);
}

function showBytes(bytes: number): string {
  const step =
    bytes >= 1e9
      ? ([1e9, 'GB'] as const)
      : bytes >= 1e6
        ? ([1e6, 'MB'] as const)
        : ([1e3, 'kB'] as const);
  return `${(bytes / step[0]).toFixed(1)} ${step[1]}`;
}

function showSeconds(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = `${String(minutes % 60).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
  return `${Math.floor(minutes / 60)}:${rest}`;
}

/** A setting's name in words: `encoder args` for `encoderArgs`. */
function settingTitle(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A setting's value as a person would write it: lists as words, groups as names with values. */
function settingWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(settingWords).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const inside = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return inside.map(([name, each]) => `${settingTitle(name)} ${settingWords(each)}`).join(' ');
}

function facts(clip: ClipReport): string {
  const { source, output, model, settings, ...run } = clip.sidecar;
  const kinds = source.streams.map(({ kind, codec, language }) =>
    [kind, codec, language].filter((word) => word !== null).join(' '),
  );
  // Encoder and arguments show what `asked` led to, and a strip shows `runs`.
  const set = Object.entries(settings)
    .filter(
      ([name, value]) => !['asked', 'runs'].includes(name) && value !== null && value !== undefined,
    )
    .map(([name, value]) => `${settingTitle(name)} ${settingWords(value)}`);
  const rows: [string, string][] = [
    [
      'Source',
      `${source.path}, ${source.width}x${source.height} ${source.pixelFormat}, ${showBytes(source.sizeBytes)}`,
    ],
    ...(kinds.length === 0 ? [] : [['Streams', kinds.join('; ')] satisfies [string, string]]),
    [
      'Output',
      `${output.path}, ${output.width}x${output.height}, ${output.frames} ${output.frames === 1 ? 'frame' : 'frames'}, ${showBytes(output.sizeBytes)}`,
    ],
    [
      'Model',
      model.passes
        .map(({ name, sha256 }) => `${name} (sha256 ${sha256.slice(0, 12)})`)
        .join(', then '),
    ],
    ['Provider', run.precision === null ? run.provider : `${run.provider}, ${run.precision}`],
    [
      'Time',
      `${showSeconds(run.elapsedSeconds)}${run.fps > 0 ? `, ${run.fps.toFixed(1)} frames a second` : ''}, ${(100 * run.reusedShare).toFixed(0)} % reused`,
    ],
    ['Settings', set.join(', ')],
    ...(run.reference === null ? [] : [['Reference', run.reference] as [string, string]]),
    ...(run.colourPath === 'rgb'
      ? [['Colour', 'through RGB, as this model demands'] as [string, string]]
      : []),
    ['Made', `${run.created} by vsr ${run.vsr}`],
  ];
  return `<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

function announced(clip: ClipReport): string {
  const lines = [
    ...clip.sidecar.missing.map(({ kind, what, why }) => `${kind}: ${what}: ${why}`),
    ...clip.notes,
  ];
  if (lines.length === 0) return '';
  return `<ul>${lines.map((line) => `<li class="note">${escapeHtml(line)}</li>`).join('')}</ul>`;
}

const figureHeads = ['mean of frames', 'of mean error', 'worst', 'best', 'equal frames'];

function figuresTable(clip: ClipReport): string {
  const row = (name: string, column: ColumnSummary) =>
    `<tr><th scope="row">${name}</th>${[
      showDecibels(column.mean),
      showDecibels(column.ofMeanMse),
      `${showDecibels(column.worst.psnr)} (frame ${column.worst.frame})`,
      `${showDecibels(column.best.psnr)} (frame ${column.best.frame})`,
      String(column.equal),
    ]
      .map((text, i) => figureCell(figureHeads[i]!, text))
      .join('')}</tr>`;
  const rows = psnrColumns.flatMap((name) => {
    const column = clip.psnr?.[name] ?? null;
    return column === null ? [] : [row(columnLabels[name], column)];
  });
  if (rows.length === 0) return '';
  return `<div class="scroll"><table><caption class="hint">PSNR in dB. “To source”: the output reduced again, against the source; “to bicubic”: how much the network changed.</caption>
<thead><tr><th scope="col">PSNR</th>${figureHeads.map((head) => `<th scope="col" class="n">${head}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`;
}

function plot(clip: ClipReport): string {
  if (clip.plot === null) return '';
  const worst = clip.worst.map(
    ({ frame, psnr }) =>
      `<button data-frame="${frame}" aria-pressed="false">frame ${frame}: ${psnr === null ? '' : showDecibels(psnr)}</button>`,
  );
  const thinned =
    clip.plot.rows > clip.plot.frames.length
      ? ` Thinned from ${clip.plot.rows} frames; the lowest and the highest are kept.`
      : '';
  return `<h3>PSNR of every frame</h3>
<div class="plot psnr" tabindex="0" role="group" aria-label="Plot of PSNR by frame; arrow keys move along it, plus and minus zoom, 0 shows the whole"></div>
<p class="hint">Drag to zoom, double-click for the whole; keys: arrows, +, −, 0. A click on a name shows or hides its curve.${thinned}</p>
<div class="bar"><button class="whole">Whole clip</button><span>Worst:</span>${worst.join('')}</div>`;
}

const pairNames: Readonly<Record<string, string>> = {
  'bicubic ours': 'bicubic | vsr',
  'ours reference': 'vsr | reference',
  'bicubic reference': 'bicubic | reference',
};

function slider(views: Views, clip: number, picture: number, name: string, zooms: boolean): string {
  const pairs = Object.entries(pairNames).filter(([pair]) =>
    pair.split(' ').every((view) => views[view as 'bicubic' | 'ours' | 'reference'] !== null),
  );
  const usable: [string, string][] = pairs.length > 0 ? pairs : [['ours ours', 'vsr']];
  const buttons = usable.map(
    ([pair, label], i) => `<button data-pair="${pair}" aria-pressed="${i === 0}">${label}</button>`,
  );
  const zoomButtons = zooms
    ? [1, 2, 3, 4].map(
        (zoom) => `<button data-zoom="${zoom}" aria-pressed="${zoom === 2}">${zoom}:1</button>`,
      )
    : [];
  const stage = `<div class="stage" data-width="${views.width}"${zooms ? '' : ` style="max-width:${views.width}px"`}>
<img class="under" alt="" width="${views.width}" height="${views.height}"><img class="over" alt="">
<span class="tag l"></span><span class="tag r"></span><span class="edge"></span>
<input type="range" min="0" max="100" step="0.5" value="50" aria-label="${name}: where the left picture ends"></div>`;
  return `<figure class="slider" data-clip="${clip}" data-picture="${picture}"><figcaption>${name}${zooms ? ', <span class="zoomed"></span>' : ''}</figcaption>
<div class="bar">${buttons.join('')}${zoomButtons.join('')}</div>${zooms ? `<div class="crop">${stage}</div>` : stage}</figure>`;
}

const whyTitles: Readonly<Record<ShownFrame['why'], string>> = {
  worst: 'Worst frame',
  median: 'Median frame',
  best: 'Best frame',
  named: 'Named frame',
  first: 'First frame',
};

function shownFrame(frame: ShownFrame, clip: number, place: number): string {
  const psnr =
    frame.psnr === null
      ? ''
      : `, ${showDecibels(frame.psnr)}${frame.psnr === Infinity ? '' : ' dB'}`;
  const name = `${whyTitles[frame.why]}: ${frame.frame}${psnr}`;
  const { whole, part } = frame;
  // Where the part covers the whole of a small picture, it is shown only once.
  const isAll = whole.width <= part.width && whole.height <= part.height;
  const sliders = isAll
    ? [slider(part, clip, 2 * place + 1, `Frame ${frame.frame}`, true)]
    : [
        slider(whole, clip, 2 * place, `Frame ${frame.frame}, whole`, false),
        slider(
          part,
          clip,
          2 * place + 1,
          `Frame ${frame.frame}, where vsr and bicubic differ most`,
          true,
        ),
      ];
  const isSmall = isAll && part.width <= smallWidth;
  return `<div class="frame${isSmall ? ' small' : ''}"><h3>${name}</h3><div class="pair">${sliders.join('\n')}</div></div>`;
}

/** Width in samples up to which frames are shown side by side where there is room. */
const smallWidth = 480;

/** Most frames for which a plot of half the page's width still shows each of its points. */
const fewPoints = 150;

/** Both plots of a clip, side by side for a short clip where there is room. */
function plots(clip: ClipReport): string {
  const isShort = (clip.plot?.frames.length ?? 0) <= fewPoints;
  const both = [plot(clip), flickerPlot(clip)].filter((each) => each !== '');
  return `<div class="plots${isShort ? ' short' : ''}">${both.map((each) => `<div>${each}</div>`).join('')}</div>`;
}

/**
 * How a page shows the part about a clip: the only one, one of a few (folded on a narrow screen),
 * or one of many, which opens when it is asked for.
 */
export type SectionKind = 'alone' | 'open' | 'folded';

/** The part of the page about clip `number`, called `name`. */
export function clipSection(
  clip: ClipReport,
  number: number,
  name: string,
  kind: SectionKind,
): string {
  const heading = escapeHtml(name);
  const { settings } = clip.sidecar;
  const inside = `${facts(clip)}${runsStrip('runs' in settings ? settings.runs : null)}${announced(clip)}${figuresTable(clip)}${flickerTable(clip)}${plots(clip)}
<div class="frames">${clip.frames.map((frame, place) => shownFrame(frame, number, place)).join('\n')}</div>`;
  const up = '<p class="up"><a href="#top">↑ All clips</a></p>';
  const shown =
    kind === 'alone'
      ? inside
      : `<details${kind === 'open' ? ' open' : ''}><summary><h2>${heading}</h2></summary>${inside}${up}</details>`;
  return `<section id="clip-${number}" aria-label="${heading}">${shown}</section>`;
}
