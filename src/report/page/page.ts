import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { namesApart } from '../../names-apart.js';
import { printable } from '../../printable.js';
import {
  columnNames,
  flickerColumns,
  psnrColumns,
  type FigureColumn,
  type PsnrColumn,
} from '../../metrics/frame-row.js';
import type { Views } from './before-after.js';
import type { ClipReport } from './clip-report.js';
import { columnLabels } from './column-labels.js';
import { clipSection } from './page-clip.js';
import { popColumn } from './page-flicker.js';
import { summaryTable, type UnfinishedClip } from './summary-table.js';
import { pageScript } from './page-script.js';
import { pageFrame } from './page-frame.js';
import { pageStyle } from './page-style.js';

/**
 * The curves that are shown at first: with a reference, the network's and bicubic's against it;
 * without one, that against the source. The others lie so much higher or lower that these would
 * look flat beside them.
 */
function shownColumns(columns: readonly PsnrColumn[]): readonly PsnrColumn[] {
  for (const first of [['psnrY', 'psnrYBicubic'], ['psnrToSourceY']]) {
    const shown = columns.filter((name) => first.includes(name));
    if (shown.length > 0) return shown;
  }
  return columns;
}

/** The curves of one plot; `marks` are drawn on that of `rankedBy`. */
function curvesOf(
  clip: ClipReport,
  columns: readonly FigureColumn[],
  rankedBy: FigureColumn | null,
  marks: readonly { readonly frame: number; readonly why: string }[],
) {
  return {
    columns: Object.fromEntries(columns.map((n) => [columnNames[n], clip.plot?.columns[n]])),
    labels: Object.fromEntries(columns.map((name) => [columnNames[name], columnLabels[name]])),
    rankedBy: rankedBy === null ? null : columnNames[rankedBy],
    marks: marks.map(({ frame, why }) => ({ frame, why })),
  };
}

/** What the page's script needs of a clip. */
function dataOf(clip: ClipReport): unknown {
  const pictures: Views[] = clip.frames.flatMap((frame) => [frame.whole, frame.part]);
  const { plot } = clip;
  if (plot === null) return { pictures };
  const columns = psnrColumns.filter((name) => plot.columns[name] !== undefined);
  const flickers = flickerColumns.filter((name) => plot.columns[name] !== undefined);
  const pops = popColumn(clip);
  const worstPops = pops === null ? [] : (clip.flicker?.[pops]?.worst ?? []);
  return {
    pictures,
    frames: plot.frames,
    times: plot.times,
    psnr: {
      ...curvesOf(clip, columns, clip.rankedBy, [...clip.worst, ...clip.frames]),
      shown: shownColumns(columns).map((name) => columnNames[name]),
      ...{ axis: 'PSNR, dB', unit: ' dB' },
    },
    flicker: {
      ...curvesOf(
        clip,
        flickers,
        pops,
        worstPops.map(({ frame }) => ({ frame, why: 'worst' })),
      ),
      shown: flickers.map((name) => columnNames[name]),
      ...{ axis: 'flicker, grey levels', unit: '' },
    },
  };
}

/** From this many clips on, the part of each is folded until a reader opens it. */
const manyClips = 4;

/**
 * One self-contained HTML page about `clips` and those of their batch that were not finished. It
 * loads nothing.
 */
export async function reportPage(
  clips: readonly ClipReport[],
  unfinished: readonly UnfinishedClip[] = [],
): Promise<string> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const [script, style] = await Promise.all([
    readFile(path.join(folder, 'dist', 'uPlot.iife.min.js'), 'utf8'),
    readFile(path.join(folder, 'dist', 'uPlot.min.css'), 'utf8'),
  ]);
  const outputs = clips.map((clip) => clip.sidecar.output.path);
  const apart = namesApart([...outputs, ...unfinished.map(({ input }) => input)]);
  const nameOf = (file: string): string => printable(apart.get(file) ?? file);
  const alone = clips.length === 1 && unfinished.length === 0;
  const title = alone ? nameOf(outputs[0]!) : `${clips.length + unfinished.length} clips`;
  const kind = alone ? 'alone' : clips.length < manyClips ? 'open' : 'folded';
  const sections = clips.map((clip, number) =>
    clipSection(clip, number, nameOf(outputs[number]!), kind),
  );
  return pageFrame({
    title,
    what: 'report',
    style: `${style}${pageStyle}`,
    main: [alone ? '' : summaryTable(clips, unfinished, nameOf), ...sections].join('\n'),
    data: clips.map(dataOf),
    scripts: [script, pageScript],
  });
}
