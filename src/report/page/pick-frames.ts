import type { FrameRow, PsnrColumn } from '../../metrics/frame-row.js';

/** A frame that a report shows, and why. */
export type PickedFrame = {
  readonly why: 'worst' | 'median' | 'best' | 'named' | 'first';
  readonly frame: number;
  /** Seconds in the output. */
  readonly time: number;
  /** PSNR in the ranking column, in decibels; `null` for a frame without a figure. */
  readonly psnr: number | null;
};

/**
 * Columns that can rank frames; the first that a log has does so: against the reference, otherwise
 * against the source, otherwise against bicubic.
 */
export const rankingColumns: readonly PsnrColumn[] = ['psnrY', 'psnrToSourceY', 'psnrToBicubicY'];

/** Collects what ranking a log's frames needs: two numbers per frame. */
export class FrameRanking {
  readonly column: PsnrColumn;
  readonly #figures: number[] = [];
  readonly #times: number[] = [];
  #first = 0;

  constructor(column: PsnrColumn) {
    this.column = column;
  }

  add(row: FrameRow): void {
    if (this.#figures.length === 0) this.#first = row.frame;
    this.#figures.push(row[this.column] ?? NaN);
    this.#times.push(row.ptsTime);
  }

  #picked(index: number, why: PickedFrame['why']): PickedFrame {
    const psnr = this.#figures[index]!;
    const time = this.#times[index]!;
    return { why, frame: this.#first + index, time, psnr: Number.isNaN(psnr) ? null : psnr };
  }

  /** The `count` lowest, worst first; of equal ones the earlier. */
  worst(count: number): PickedFrame[] {
    return this.#sorted()
      .slice(0, count)
      .map((index) => this.#picked(index, 'worst'));
  }

  #sorted(): number[] {
    const places = this.#figures.flatMap((figure, i) => (Number.isNaN(figure) ? [] : [i]));
    // Not x - y alone: Infinity minus Infinity is NaN.
    return places.sort((a, b) => {
      const [x, y] = [this.#figures[a]!, this.#figures[b]!];
      return x === y ? a - b : x - y;
    });
  }

  /**
   * The worst, the median and the best frame, then those of `named` that the log has; each once.
   */
  pick(named: readonly number[] = []): PickedFrame[] {
    const sorted = this.#sorted();
    const wanted: [number | undefined, PickedFrame['why']][] = [
      [sorted[0], 'worst'],
      [sorted[sorted.length >> 1], 'median'],
      [sorted.at(-1), 'best'],
      ...named.map((frame): [number, PickedFrame['why']] => [frame - this.#first, 'named']),
      ...(sorted.length === 0 ? [[0, 'first'] as [number, PickedFrame['why']]] : []),
    ];
    const picked = new Map<number, PickedFrame>();
    for (const [index, why] of wanted) {
      if (index === undefined || index < 0 || index >= this.#figures.length) continue;
      if (!picked.has(index)) picked.set(index, this.#picked(index, why));
    }
    return [...picked.values()];
  }

  /** Number of frames in the log. */
  get length(): number {
    return this.#figures.length;
  }
}
