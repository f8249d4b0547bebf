import type { FrameRow, PsnrColumn } from './frame-row.js';

/** A frame and its figure in decibels. */
export type FrameFigure = { readonly frame: number; readonly psnr: number };

/** What one column of a log says as a whole; decibels. */
export type ColumnSummary = {
  /** Rows that have this figure. */
  readonly frames: number;
  /** Of these, frames whose planes are equal (`inf`). */
  readonly equal: number;
  /** Mean of the decibels of the frames that differ; `Infinity` if none does. */
  readonly mean: number;
  /** PSNR of the mean squared error over all frames, which is what ffmpeg calls `average`. */
  readonly ofMeanMse: number;
  /** The lowest, the first such frame. */
  readonly worst: FrameFigure;
  /** The highest, the first such frame. */
  readonly best: FrameFigure;
};

/** What a whole log says; `null` for columns that have no figure in any row. */
export type LogSummary = { readonly frames: number } & {
  readonly [Column in PsnrColumn]: ColumnSummary | null;
};

class Column {
  #frames = 0;
  #equal = 0;
  #sum = 0;
  /** Sum of MSE / peak^2, which decibels give back whatever the bit depth. */
  #relativeMse = 0;
  #worst: FrameFigure | undefined;
  #best: FrameFigure | undefined;

  add(frame: number, psnr: number | null): void {
    if (psnr === null) return;
    this.#frames++;
    if (psnr === Infinity) this.#equal++;
    else this.#sum += psnr;
    this.#relativeMse += 10 ** (-psnr / 10);
    if (this.#worst === undefined || psnr < this.#worst.psnr) this.#worst = { frame, psnr };
    if (this.#best === undefined || psnr > this.#best.psnr) this.#best = { frame, psnr };
  }

  result(): ColumnSummary | null {
    if (this.#worst === undefined || this.#best === undefined) return null;
    const differing = this.#frames - this.#equal;
    return {
      frames: this.#frames,
      equal: this.#equal,
      mean: differing === 0 ? Infinity : this.#sum / differing,
      ofMeanMse: -10 * Math.log10(this.#relativeMse / this.#frames),
      worst: this.#worst,
      best: this.#best,
    };
  }
}

/** Adds up the rows of a log, holding none of them. */
export class SummaryOfRows {
  frames = 0;
  readonly #columns: Record<PsnrColumn, Column> = {
    psnrY: new Column(),
    psnrU: new Column(),
    psnrV: new Column(),
    psnrYBicubic: new Column(),
    psnrToBicubicY: new Column(),
    psnrToSourceY: new Column(),
  };

  add(row: FrameRow): void {
    this.frames++;
    for (const [name, column] of Object.entries(this.#columns)) {
      column.add(row.frame, row[name as PsnrColumn]);
    }
  }

  result(): LogSummary {
    const entries = Object.entries(this.#columns).map(([name, column]) => [name, column.result()]);
    return {
      frames: this.frames,
      ...(Object.fromEntries(entries) as Record<PsnrColumn, ColumnSummary | null>),
    };
  }
}
