import { usualRate, type Ratio } from '../../planes/ratio.js';
import type { FootageRun } from '../source/footage-runs.js';

/** Four pictures of film lie in five frames. */
const framesOfPicture = 5 / 4;

/**
 * The times of the pictures of 3:2 film: from the first frame of a run on, each lasts as long as
 * the others. Where the frames' own times leave that grid, the grid follows them.
 */
export class FilmTimes {
  /** Ticks of a frame. */
  readonly #period: number;
  /** Ticks that a frame's own time may be off the grid: it is rounded by its container. */
  readonly #slack: number;
  #run: FootageRun | null = null;
  #start = 0;
  /** Pictures of the run so far. */
  #count = 0;

  /**
   * `rate` is that of the frames (25 a second where unknown). `timeBase` may be finer than the
   * file's, whose ticks are `slack` of its.
   */
  constructor(rate: Ratio | null, timeBase: Ratio, slack = 4) {
    const { num, den } = rate ?? usualRate;
    this.#period = (den * timeBase.den) / (num * timeBase.num);
    this.#slack = slack;
  }

  /** The time of the picture of frame `number` in `run`, whose own time is `pts`. */
  next(run: FootageRun, number: number, pts: number): number {
    const offset = (number - run.first) * this.#period;
    if (this.#run !== run) {
      this.#run = run;
      // The first frame may have no picture of its own.
      this.#start = pts - Math.round(offset);
      this.#count = 0;
    }
    const drift = pts - this.#start - offset;
    if (Math.abs(drift) > this.#slack + 0.5) this.#start += Math.round(drift);
    return this.#start + Math.round(this.#count++ * framesOfPicture * this.#period);
  }
}
