import path from 'node:path';
import { psnrColumns } from '../../metrics/frame-row.js';
import type { ColumnSummary } from '../../metrics/log-summary.js';
import type { Views } from './before-after.js';
import type { ClipReport, ShownFrame } from './clip-report.js';
import { columnLabels } from './column-labels.js';
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

function facts(clip: ClipReport): string {
  const { source, output, model, settings, ...run } = clip.sidecar;
  const kinds = source.streams.map(({ kind, codec, language }) =>
    [kind, codec, language].filter((word) => word !== null).join(' '),
  );
  const set = Object.entries(settings)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value as string)}`,
    );
  const rows: [string, string][] = [
    [
      'Source',
      `${source.path}, ${source.width}x${source.height} ${source.pixelFormat}, ${showBytes(source.sizeBytes)}`,
    ],
    ['Streams', kinds.join('; ')],
    [
      'Output',
      `${output.path}, ${output.width}x${output.height}, ${output.frames} frames, ${showBytes(output.sizeBytes)}`,
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
      `${showSeconds(run.elapsedSeconds)}, ${run.fps.toFixed(1)} frames a second, ${(100 * run.reusedShare).toFixed(0)} % reused`,
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

function figuresTable(clip: ClipReport): string {
  const row = (name: string, column: ColumnSummary) =>
    `<tr><th scope="row">${name}</th><td class="n">${showDecibels(column.mean)}</td>` +
    `<td class="n">${showDecibels(column.ofMeanMse)}</td>` +
    `<td class="n">${showDecibels(column.worst.psnr)} (frame ${column.worst.frame})</td>` +
    `<td class="n">${showDecibels(column.best.psnr)} (frame ${column.best.frame})</td>` +
    `<td class="n">${column.equal}</td></tr>`;
  const rows = psnrColumns.flatMap((name) => {
    const column = clip.psnr?.[name] ?? null;
    return column === null ? [] : [row(columnLabels[name], column)];
  });
  if (rows.length === 0) return '';
  return `<div class="scroll"><table><caption class="hint">PSNR in dB. “To source”: the output reduced again, against the source; “to bicubic”: how much the network changed.</caption>
<thead><tr><th scope="col">PSNR</th><th scope="col" class="n">mean of frames</th><th scope="col" class="n">of mean error</th><th scope="col" class="n">worst</th><th scope="col" class="n">best</th><th scope="col" class="n">equal frames</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`;
}

function plot(clip: ClipReport): string {
  if (clip.plot === null) return '';
  const worst = clip.worst.map(
    ({ frame, psnr }) =>
      `<button data-frame="${frame}">frame ${frame}: ${psnr === null ? '' : showDecibels(psnr)}</button>`,
  );
  const thinned =
    clip.plot.rows > clip.plot.frames.length
      ? ` Thinned from ${clip.plot.rows} frames; the lowest and the highest are kept.`
      : '';
  return `<h3>PSNR of every frame</h3>
<div class="plot" tabindex="0" role="group" aria-label="Plot of PSNR by frame; arrow keys move along it, plus and minus zoom, 0 shows the whole"></div>
<p class="hint">Drag to zoom, double-click for the whole; keys: arrows, +, −, 0.${thinned}</p>
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
  return `<figure class="slider" data-clip="${clip}" data-picture="${picture}"><figcaption>${name}</figcaption>
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
  return `<h3>${name}</h3><div class="pair">${slider(frame.whole, clip, 2 * place, `Frame ${frame.frame}, whole`, false)}
${slider(frame.part, clip, 2 * place + 1, `Frame ${frame.frame}, where vsr and bicubic differ most, 1:1`, true)}</div>`;
}

/** The part of the page about clip `number`; one that is `alone` needs no heading of its own. */
export function clipSection(clip: ClipReport, number: number, alone: boolean): string {
  const heading = escapeHtml(path.basename(clip.sidecar.output.path));
  return `<section id="clip-${number}" aria-label="${heading}">${alone ? '' : `<h2>${heading}</h2>`}
${facts(clip)}${announced(clip)}${figuresTable(clip)}${plot(clip)}
${clip.frames.map((frame, place) => shownFrame(frame, number, place)).join('\n')}</section>`;
}

/** A row a clip, each leading to its part of the page. */
export function summaryTable(clips: readonly ClipReport[]): string {
  const rows = clips.map(({ sidecar, psnr, rankedBy }, number) => {
    const column = rankedBy === null ? null : (psnr?.[rankedBy] ?? null);
    const name = escapeHtml(path.basename(sidecar.output.path));
    const cells = [
      `${sidecar.source.width}x${sidecar.source.height} → ${sidecar.output.width}x${sidecar.output.height}`,
      String(sidecar.output.frames),
      sidecar.fps.toFixed(1),
      `${(100 * sidecar.reusedShare).toFixed(0)} %`,
      column === null ? '' : showDecibels(column.mean),
      column === null ? '' : `${showDecibels(column.worst.psnr)} (${column.worst.frame})`,
      rankedBy === null ? '' : columnLabels[rankedBy],
      String(sidecar.missing.filter(({ kind }) => kind === 'missing').length),
    ];
    return `<tr><th scope="row"><a href="#clip-${number}">${name}</a></th>${cells.map((cell) => `<td class="n">${cell}</td>`).join('')}</tr>`;
  });
  const heads = [
    'size',
    'frames',
    'fps',
    'reused',
    'mean dB',
    'worst dB (frame)',
    'PSNR',
    'missing',
  ];
  return `<div class="scroll"><table id="clips"><thead><tr><th scope="col">clip</th>${heads.map((head) => `<th scope="col" class="n">${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
