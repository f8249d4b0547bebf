import { flickerColumns, type FlickerColumn } from '../../metrics/frame-row.js';
import type { ClipReport } from './clip-report.js';
import { columnLabels } from './column-labels.js';
import { figureCell } from './figure-cell.js';

const flickerHeads = ['mean of frames', 'worst', 'frames measured'];

/** Grey levels for people, with their sign: less than 0 is smoother. */
function showLevels(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** The column whose worst frames the page marks: against the reference where there is one. */
export function popColumn({ flicker }: ClipReport): FlickerColumn | null {
  const columns = ['flickerY', 'flickerToBicubicY'] as const;
  return columns.find((name) => (flicker?.[name] ?? null) !== null) ?? null;
}

/** A table of the figures for flicker, as HTML; empty without any. */
export function flickerTable({ flicker }: ClipReport): string {
  const rows = flickerColumns.flatMap((name) => {
    const column = flicker?.[name] ?? null;
    if (column === null) return [];
    const worst = column.worst[0]!;
    const cells = [
      showLevels(column.mean),
      `${showLevels(worst.flicker)} (frame ${worst.frame})`,
      String(column.frames),
    ].map((text, i) => figureCell(flickerHeads[i]!, text));
    return [`<tr><th scope="row">${columnLabels[name]}</th>${cells.join('')}</tr>`];
  });
  if (rows.length === 0) return '';
  return `<div class="scroll"><table><caption class="hint">Flicker in grey levels of 255: how much more still areas change from frame to frame than in the reference, or than in plain bicubic. 0 is as steady.</caption>
<thead><tr><th scope="col">Flicker</th>${flickerHeads.map((head) => `<th scope="col" class="n">${head}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`;
}

/** The plot of flicker, with buttons that lead to the worst pops; empty without figures. */
export function flickerPlot(clip: ClipReport): string {
  const column = popColumn(clip);
  if (clip.plot === null || column === null) return '';
  const worst = (clip.flicker?.[column]?.worst ?? []).map(
    ({ frame, flicker }) =>
      `<button data-frame="${frame}" aria-pressed="false">frame ${frame}: ${showLevels(flicker)}</button>`,
  );
  return `<h3>Flicker of every frame</h3>
<div class="plot flicker" tabindex="0" role="group" aria-label="Plot of flicker by frame; arrow keys move along it, plus and minus zoom, 0 shows the whole"></div>
<div class="bar"><span>Worst pops:</span>${worst.join('')}</div>`;
}
