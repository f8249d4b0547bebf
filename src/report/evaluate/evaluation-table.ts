import path from 'node:path';
import {
  figureNames,
  meanFigures,
  waysOf,
  type FileEvaluation,
  type Figures,
} from './evaluation.js';
import type { NetworkFacts } from './measured-models.js';
import { printable } from '../../printable.js';

/** A table's header and rows, as text. */
export type TextTable = {
  readonly header: readonly string[];
  readonly rows: readonly string[][];
  /** How many of the columns, from the left, hold words; the others hold figures. */
  readonly words: number;
  /** Whether rows can be marked as what `vsr upscale` runs. */
  readonly runs: boolean;
};

const heads: Readonly<Record<keyof Figures, string>> = {
  psnrRgb: 'PSNR RGB',
  psnrY: 'PSNR Y',
  psnrU: 'PSNR U',
  psnrV: 'PSNR V',
  ssim: 'SSIM',
  mae: 'MAE',
  rmse: 'RMSE',
  vmaf: 'VMAF',
  flicker: 'flicker',
  features: 'features',
  sameClass: 'same class',
};

const places: Partial<Record<keyof Figures, number>> = {
  ...{ ssim: 4, mae: 3, rmse: 3, flicker: 3, features: 4 },
};

function shown(name: keyof Figures, value: number | null): string {
  if (value === null || Number.isNaN(value)) return '';
  return value === Infinity ? 'inf' : value.toFixed(places[name] ?? 2);
}

/** What a network is, in words. */
function kindOf({ precision, forCompressed }: NetworkFacts): string {
  const words = [precision === 'int8' ? '8-bit copy' : 'float'];
  if (forCompressed) words.push('for compressed');
  return words.join(', ');
}

/**
 * Rows for each file and for the mean, one for each way of enlarging. Columns without a figure are
 * left out. The column `is` says what each network is, and whether `vsr upscale` runs it.
 */
export function evaluationTable(files: readonly FileEvaluation[]): TextTable {
  const ways = waysOf(files);
  const measured = ways.map((way) => files.flatMap((file) => file.figures[way] ?? []));
  const means = measured.map((all) => meanFigures(all));
  const columns = figureNames.filter((name) => means.some((figures) => figures[name] !== null));
  const anyNetwork = files.some(({ networks }) => Object.keys(networks).length > 0);
  const row = (file: string, way: string, is: string, figures: Figures): string[] => [
    ...[file, way, ...(anyNetwork ? [is] : [])],
    ...columns.map((name) => shown(name, figures[name])),
  ];
  const rows = files.flatMap((file) =>
    Object.entries(file.figures).map(([way, figures]) => {
      const network = file.networks[way];
      const runs = network?.runs ? '; runs here' : '';
      const is = network === undefined ? '' : `${kindOf(network)}${runs}`;
      return row(path.basename(file.file), way, is, figures);
    }),
  );
  const meanRows = ways.map((way, i) => {
    const network = files.find(({ networks }) => networks[way] !== undefined)?.networks[way];
    const is = network === undefined ? '' : kindOf(network);
    return row(`mean of ${measured[i]!.length}`, way, is, means[i]!);
  });
  const is = anyNetwork ? ['is'] : [];
  return {
    header: ['file', 'by', ...is, ...columns.map((name) => heads[name])],
    rows: [...rows, ...meanRows],
    words: 2 + is.length,
    runs: anyNetwork,
  };
}

/** The same as CSV. */
export function csvOf({ header, rows }: TextTable): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** The same as a Markdown table. */
export function markdownOf({ header, rows, words }: TextTable): string {
  const line = (row: readonly string[]) =>
    `| ${row.map((cell) => printable(cell).replace(/\|/g, '\\|')).join(' | ')} |\n`;
  const rule = header.map((_, i) => (i < words ? '---' : '---:'));
  return line(header) + line(rule) + rows.map(line).join('');
}
