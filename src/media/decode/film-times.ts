import { usualRate, type Ratio } from '../../planes/ratio.js';
import type { FootageRun } from '../source/footage-runs.js';

/** Frames per picture of film: four pictures were spread over five frames. */
const framesOfPicture = 5 / 4;

/**
 * The times of the pictures of 3:2 film. From the first frame of a run on, pictures follow at equal
 * intervals; where the frames' own times leave that grid, the grid is moved to follow them.
 */
export class FilmTimes {
  /** Ticks from one frame to the next. */
  readonly #period: number;
  /** Ticks by which a frame's own time may be off the grid: containers round times. */
  readonly #slack: number;
  #run: FootageRun | null = null;
  #start = 0;
  /** Number of the run's pictures so far. */
  #count = 0;

  /**
   * `rate` is that of the frames; 25 per second where unknown. `timeBase` may be finer than that of
   * the file: one tick of the file is `slack` ticks of it.
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
      // The run's first frame may have no picture of its own, so `number` may be a later one.
      this.#start = pts - Math.round(offset);
      this.#count = 0;
    }
    const drift = pts - this.#start - offset;
    if (Math.abs(drift) > this.#slack + 0.5) this.#start += Math.round(drift);
    return this.#start + Math.round(this.#count++ * framesOfPicture * this.#period);
  }
}
