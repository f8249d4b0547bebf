import {
  flickerColumns,
  psnrColumns,
  type FlickerColumn,
  type FrameRow,
  type PsnrColumn,
} from './frame-row.js';

/** A frame and its figure in decibels. */
export type FrameFigure = { readonly frame: number; readonly psnr: number };

/** The summary of one PSNR column, in decibels. */
export type ColumnSummary = {
  /** Rows that have this figure. */
  readonly frames: number;
  /** Those of them whose planes are equal (`inf`). */
  readonly equal: number;
  /** Mean of the decibels over the frames whose planes differ; `Infinity` if there are none. */
  readonly mean: number;
  /** PSNR of the mean squared error over all frames, which is what ffmpeg calls `average`. */
  readonly ofMeanMse: number;
  /** The lowest figure; of several equal ones the first. */
  readonly worst: FrameFigure;
  /** The highest figure; of several equal ones the first. */
  readonly best: FrameFigure;
};

/** The summaries of the PSNR columns; `null` for those without a figure in any row. */
export type PsnrSummary = { readonly frames: number } & {
  readonly [Column in PsnrColumn]: ColumnSummary | null;
};

/** A frame and its flicker, in grey levels of 255. */
export type FlickerFigure = { readonly frame: number; readonly flicker: number };

/** The summary of one flicker column, in grey levels of 255. */
export type FlickerColumnSummary = {
  /** Rows that have this figure. */
  readonly frames: number;
  readonly mean: number;
  /** The five frames that flicker most, the worst first; of several equal ones the first. */
  readonly worst: readonly FlickerFigure[];
};

/** The summaries of the flicker columns; `null` for those without a figure in any row. */
export type FlickerSummary = {
  readonly [Column in FlickerColumn]: FlickerColumnSummary | null;
};

/** The summary of a whole log. */
export type LogSummary = { readonly psnr: PsnrSummary; readonly flicker: FlickerSummary };

class PsnrSums {
  #frames = 0;
  #equal = 0;
  #sum = 0;
  /** Sum of MSE / peak^2 over the rows, which follows from decibels at any bit depth. */
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

/** Number of frames in `FlickerColumnSummary.worst`. */
const mostWorst = 5;

class FlickerSums {
  #frames = 0;
  #sum = 0;
  #worst: FlickerFigure[] = [];

  add(frame: number, flicker: number | null): void {
    if (flicker === null) return;
    this.#frames++;
    this.#sum += flicker;
    const least = this.#worst[mostWorst - 1]?.flicker ?? -Infinity;
    if (flicker <= least) return;
    // The sort is stable: of equal ones the first stays before the others.
    this.#worst.push({ frame, flicker });
    this.#worst.sort((a, b) => b.flicker - a.flicker);
    this.#worst.length = Math.min(this.#worst.length, mostWorst);
  }

  result(): FlickerColumnSummary | null {
    if (this.#frames === 0) return null;
    return { frames: this.#frames, mean: this.#sum / this.#frames, worst: [...this.#worst] };
  }
}

/** An object with a value for each of `names`. */
function recordOf<Name extends string, Value>(
  names: readonly Name[],
  value: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>;
}

/** Summarises the rows of a log without keeping them. */
export class SummaryOfRows {
  frames = 0;
  readonly #psnr = recordOf(psnrColumns, () => new PsnrSums());
  readonly #flicker = recordOf(flickerColumns, () => new FlickerSums());

  add(row: FrameRow): void {
    this.frames++;
    for (const column of psnrColumns) this.#psnr[column].add(row.frame, row[column]);
    for (const column of flickerColumns) this.#flicker[column].add(row.frame, row[column]);
  }

  result(): LogSummary {
    return {
      psnr: {
        frames: this.frames,
        ...recordOf(psnrColumns, (column) => this.#psnr[column].result()),
      },
      flicker: recordOf(flickerColumns, (column) => this.#flicker[column].result()),
    };
  }
}
