import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { printable } from '../../printable.js';

/** How a table is laid out. */
export type TableShape = {
  /** Columns, from 0, that are aligned to the right. */
  readonly right?: ReadonlySet<number>;
  /**
   * Columns of the screen that the table may take; cells are wrapped to fit. Default: as many as it
   * needs.
   */
  readonly width?: number;
};

const gap = 2;
/** No column is made narrower than this. */
const narrowest = 8;

/**
 * Widths that fit into `most` together. The widest columns shrink first, down to their longest
 * word; words are broken only where that is not enough.
 */
function fitted(widths: readonly number[], words: readonly number[], most: number): number[] {
  const fit = [...widths];
  const total = (): number => fit.reduce((sum, width) => sum + width, gap * (fit.length - 1));
  for (const least of [words, fit.map(() => narrowest)]) {
    while (total() > most) {
      const spare = fit.map((width, column) => (width > least[column]! ? width : 0));
      const widest = Math.max(...spare);
      if (widest === 0) break;
      fit[spare.indexOf(widest)]!--;
    }
  }
  return fit;
}

/** The widest of `texts`. */
function widestOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => stringWidth(text)));
}

/**
 * Lays rows out in columns under a header. Nothing of a cell is cut off: a long one goes on in the
 * next line.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { right = new Set(), width = Infinity }: TableShape = {},
): string {
  const shown = rows.map((row) => header.map((_, column) => printable(row[column] ?? '')));
  const columns = header.map((name, column) => [name, ...shown.map((row) => row[column]!)]);
  const widths = fitted(
    columns.map(widestOf),
    columns.map((cells) => widestOf(cells.flatMap((cell) => cell.split(' ')))),
    width,
  );
  const line = (cells: readonly string[]): string[] => {
    const wrapped = cells.map((cell, i) => wrapAnsi(cell, widths[i]!, { hard: true }).split('\n'));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, i) =>
      wrapped
        .map((lines, column) => {
          const text = lines[i] ?? '';
          const space = ' '.repeat(Math.max(0, widths[column]! - stringWidth(text)));
          return right.has(column) ? space + text : text + space;
        })
        .join(' '.repeat(gap))
        .trimEnd(),
    );
  };
  const rule = widths.map((each) => '-'.repeat(each)).join(' '.repeat(gap));
  return [...line(header), rule, ...shown.flatMap(line)].join('\n');
}
