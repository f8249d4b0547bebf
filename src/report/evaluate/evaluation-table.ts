import path from 'node:path';
import { figureNames, meanFigures, type FileEvaluation, type Figures } from './evaluation.js';

/** A table's header and rows, as text. */
export type TextTable = { readonly header: readonly string[]; readonly rows: readonly string[][] };

const heads: Readonly<Record<keyof Figures, string>> = {
  psnrY: 'PSNR Y',
  psnrU: 'PSNR U',
  psnrV: 'PSNR V',
  ssim: 'SSIM',
  mae: 'MAE',
  rmse: 'RMSE',
  vmaf: 'VMAF',
  flicker: 'flicker',
};

const places: Partial<Record<keyof Figures, number>> = { ssim: 4, mae: 3, rmse: 3, flicker: 3 };

function shown(name: keyof Figures, value: number | null): string {
  if (value === null || Number.isNaN(value)) return '';
  return value === Infinity ? 'inf' : value.toFixed(places[name] ?? 2);
}

/**
 * Files and their mean, the ways of enlarging below one another; columns that nobody has are left
 * out.
 */
export function evaluationTable(files: readonly FileEvaluation[]): TextTable {
  const ways = Object.keys(files[0]?.figures ?? {});
  const means = ways.map((way) => meanFigures(files.flatMap((file) => file.figures[way] ?? [])));
  const columns = figureNames.filter((name) => means.some((figures) => figures[name] !== null));
  const row = (file: string, way: string, figures: Figures): string[] => [
    file,
    way,
    ...columns.map((name) => shown(name, figures[name])),
  ];
  const rows = files.flatMap((file) =>
    Object.entries(file.figures).map(([way, figures]) =>
      row(path.basename(file.file), way, figures),
    ),
  );
  const meanRows = ways.map((way, i) => row(`mean of ${files.length}`, way, means[i]!));
  return {
    header: ['file', 'by', ...columns.map((name) => heads[name])],
    rows: [...rows, ...meanRows],
  };
}

/** The same as CSV. */
export function csvOf({ header, rows }: TextTable): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** The same as a Markdown table. */
export function markdownOf({ header, rows }: TextTable): string {
  const line = (row: readonly string[]) =>
    `| ${row.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |\n`;
  const rule = header.map((_, i) => (i < 2 ? '---' : '---:'));
  return line(header) + line(rule) + rows.map(line).join('');
}
