import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { columnNames, psnrColumns } from '../../metrics/frame-row.js';
import type { Views } from './before-after.js';
import type { ClipReport } from './clip-report.js';
import { columnLabels } from './column-labels.js';
import { clipSection, summaryTable } from './page-clip.js';
import { pageMark } from '../../files/marks.js';
import { escapeHtml, jsonForScript } from '../html.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';

/** What the page's script needs of a clip. */
function dataOf(clip: ClipReport): unknown {
  const pictures: Views[] = clip.frames.flatMap((frame) => [frame.whole, frame.part]);
  if (clip.plot === null) return { pictures };
  const columns = psnrColumns.filter((name) => clip.plot?.columns[name] !== undefined);
  return {
    pictures,
    frames: clip.plot.frames,
    times: clip.plot.times,
    columns: Object.fromEntries(columns.map((n) => [columnNames[n], clip.plot?.columns[n]])),
    labels: Object.fromEntries(columns.map((name) => [columnNames[name], columnLabels[name]])),
    rankedBy: clip.rankedBy === null ? null : columnNames[clip.rankedBy],
    marks: [...clip.worst, ...clip.frames].map(({ frame, why }) => ({ frame, why })),
  };
}

/** One self-contained HTML page about `clips`: it loads nothing, and is told to its browser so. */
export async function reportPage(clips: readonly ClipReport[]): Promise<string> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const [script, style] = await Promise.all([
    readFile(path.join(folder, 'dist', 'uPlot.iife.min.js'), 'utf8'),
    readFile(path.join(folder, 'dist', 'uPlot.min.css'), 'utf8'),
  ]);
  const names = clips.map((clip) => path.basename(clip.sidecar.output.path));
  const title = clips.length === 1 ? names[0]! : `${clips.length} clips`;
  const policy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${pageMark}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}: vsr report</title>
<style>${style}${pageStyle}</style>
</head>
<body>
<header class="top"><h1>${escapeHtml(title)}</h1><button id="theme" aria-pressed="false">Dark</button></header>
<main>
${clips.length > 1 ? summaryTable(clips) : ''}
${clips.map((clip, number) => clipSection(clip, number, clips.length === 1)).join('\n')}
</main>
<script type="application/json" id="report-data">${jsonForScript(clips.map(dataOf))}</script>
<script>${script}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}
