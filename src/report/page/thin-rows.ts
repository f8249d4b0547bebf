import { figureColumns, type FigureColumn, type FrameRow } from '../../metrics/frame-row.js';

/** What a plot is drawn from: every list has one entry per point. */
export type PlotData = {
  readonly frames: number[];
  /** Seconds. */
  readonly times: number[];
  /**
   * Decibels, `Infinity` for equal planes; grey levels for flicker. Only columns that have figures.
   */
  readonly columns: Partial<Record<FigureColumn, (number | null)[]>>;
  /** Number of rows in the log; more than points where the plot was thinned. */
  readonly rows: number;
};

/**
 * Some neighbouring rows, of which it keeps those that a plot must show: for each column, the one
 * with the lowest figure and the one with the highest.
 */
class Bucket {
  readonly #extremes = new Map<string, { row: FrameRow; value: number }>();
  rows = 0;

  add(row: FrameRow): void {
    this.rows++;
    for (const column of figureColumns) {
      const value = row[column];
      if (value === null) continue;
      const low = this.#extremes.get(`${column} low`);
      if (low === undefined || value < low.value) {
        this.#extremes.set(`${column} low`, { row, value });
      }
      const high = this.#extremes.get(`${column} high`);
      if (high === undefined || value > high.value) {
        this.#extremes.set(`${column} high`, { row, value });
      }
    }
  }

  /** Adds the rows of the bucket after this one. */
  absorb(next: Bucket): void {
    const rows = this.rows + next.rows;
    for (const { row } of next.#extremes.values()) this.add(row);
    this.rows = rows;
  }

  /** The kept rows in the order of frames, each once. */
  kept(): FrameRow[] {
    const rows = new Set([...this.#extremes.values()].map(({ row }) => row));
    return [...rows].sort((a, b) => a.frame - b.frame);
  }
}

/**
 * Takes a log of any length for a plot, holding at most `buckets` buckets of neighbouring rows; of
 * each, the rows with a column's lowest and highest figure stay. Logs of up to `buckets` rows stay
 * whole.
 */
export class RowThinner {
  readonly #buckets: Bucket[] = [];
  readonly #most: number;
  #perBucket = 1;
  #rows = 0;

  /** `buckets` is even. */
  constructor(buckets = 2000) {
    this.#most = buckets;
  }

  add(row: FrameRow): void {
    this.#rows++;
    let last = this.#buckets.at(-1);
    if (last === undefined || last.rows >= this.#perBucket) {
      if (this.#buckets.length === this.#most) this.#halve();
      last = new Bucket();
      this.#buckets.push(last);
    }
    last.add(row);
  }

  /** Joins every two neighbours: from here on, a bucket has twice as many rows. */
  #halve(): void {
    this.#perBucket *= 2;
    for (let i = 0; i < this.#most / 2; i++) {
      const pair = this.#buckets[2 * i]!;
      pair.absorb(this.#buckets[2 * i + 1]!);
      this.#buckets[i] = pair;
    }
    this.#buckets.length = this.#most / 2;
  }

  result(): PlotData {
    const rows = this.#buckets.flatMap((bucket) => bucket.kept());
    const columns: PlotData['columns'] = {};
    for (const column of figureColumns) {
      const values = rows.map((row) => row[column]);
      if (values.some((value) => value !== null)) columns[column] = values;
    }
    return {
      frames: rows.map((row) => row.frame),
      times: rows.map((row) => row.ptsTime),
      columns,
      rows: this.#rows,
    };
  }
}
