import { escapeHtml } from '../html.js';
import type { ClipReport } from './clip-report.js';
import { columnLabels } from './column-labels.js';
import { showDecibels } from './page-clip.js';
import { rankingColumns } from './pick-frames.js';

/** An input of a batch that has no output to show. */
export type UnfinishedClip = {
  readonly input: string;
  /** What became of it, in a word: `failed`, `interrupted`, `not begun`. */
  readonly result: string;
  readonly reason: string;
};

const heads = [
  ...['size', 'frames', 'fps', 'reused', 'mean dB', 'worst dB (frame)', 'PSNR', 'missing'],
];

/**
 * A row per clip, leading to its part of the page, then those that have none. `nameOf` tells files
 * apart.
 */
export function summaryTable(
  clips: readonly ClipReport[],
  unfinished: readonly UnfinishedClip[],
  nameOf: (file: string) => string,
): string {
  const rows = clips.map(({ sidecar, psnr, rankedBy }, number) => {
    // A picture has no log of frames by which they were ranked, but its figures all the same.
    const by = rankedBy ?? rankingColumns.find((name) => psnr?.[name]) ?? null;
    const column = by === null ? null : (psnr?.[by] ?? null);
    const cells = [
      `${sidecar.source.width}x${sidecar.source.height} → ${sidecar.output.width}x${sidecar.output.height}`,
      String(sidecar.output.frames),
      sidecar.fps.toFixed(1),
      `${(100 * sidecar.reusedShare).toFixed(0)} %`,
      column === null ? '' : showDecibels(column.mean),
      column === null ? '' : `${showDecibels(column.worst.psnr)} (${column.worst.frame})`,
      by === null ? '' : columnLabels[by],
      String(sidecar.missing.filter(({ kind }) => kind === 'missing').length),
    ];
    const name = escapeHtml(nameOf(sidecar.output.path));
    return `<tr><th scope="row"><a href="#clip-${number}">${name}</a></th>${cells.map((cell, i) => `<td class="n" data-label="${heads[i]}">${cell}</td>`).join('')}</tr>`;
  });
  const others = unfinished.map(
    ({ input, result, reason }) =>
      `<tr class="unfinished"><th scope="row">${escapeHtml(nameOf(input))}</th><td colspan="${heads.length}"><strong>${escapeHtml(result)}</strong>${reason === '' ? '' : `: ${escapeHtml(reason)}`}</td></tr>`,
  );
  const names = heads.map((head) => `<th scope="col" class="n">${head}</th>`).join('');
  return `<div class="scroll"><table id="clips"><thead><tr><th scope="col">clip</th>${names}</tr></thead><tbody>${[...rows, ...others].join('')}</tbody></table></div>`;
}
