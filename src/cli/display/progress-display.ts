import type { ProgressEvent } from '../../events.js';
import type { BatchFigures, BatchTally } from './batch-tally.js';
import { showTime } from '../../show-time.js';
import { say } from './say.js';

/** Shows the progress of a batch, on stderr. */
export interface ProgressDisplay {
  /** Called once all inputs have been counted. */
  start(): void;
  update(progress: ProgressEvent): void;
  /** Shows that a clip has ended; `line` says how. */
  end(clip: string, line: string): void;
  /** Shows a line that stays, such as an announcement. */
  say(line: string): void;
  /** Ends the display of progress; lines can still be written. */
  stop(): void;
}

/** What a display needs to know of a batch. */
export type BatchView = {
  readonly tally: BatchTally;
  /** The name of an input, unique within the batch. */
  readonly nameOf: (input: string) => string;
};

/** The figures of a clip under way, the most important first. */
export function clipFigures(progress: ProgressEvent): string[] {
  const total = progress.of === null ? '' : `/${progress.of}`;
  const eta = progress.eta === null ? [] : [`${showTime(progress.eta)} left`];
  const psnr = progress.psnr === null ? [] : [`${progress.psnr.toFixed(2)} dB`];
  return [`${progress.frames}${total} frames`, ...eta, `${progress.fps.toFixed(1)} fps`, ...psnr];
}

/** The figures of a batch, the most important first. */
export function batchFigures(figures: BatchFigures): string[] {
  const { clips, ended, frames, totalFrames, eta } = figures;
  const all = totalFrames === null ? '' : ` of ${totalFrames}`;
  return [
    `${ended} of ${clips} clips`,
    ...(eta === null ? [] : [`${showTime(eta)} left`]),
    `${frames}${all} frames`,
  ];
}

/** Writes a line of progress every few seconds, for logs and pipes. */
export class LineDisplay implements ProgressDisplay {
  readonly #view: BatchView;
  readonly #everyMs: number;
  readonly #lastAt = new Map<string, number>();
  #batchAt = 0;

  constructor(view: BatchView, everyMs = 10_000) {
    this.#view = view;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#batchAt = performance.now();
  }

  update(progress: ProgressEvent): void {
    const now = performance.now();
    const last = this.#lastAt.get(progress.clip);
    if (last === undefined) this.#lastAt.set(progress.clip, now);
    if (last === undefined || now - last < this.#everyMs) return;
    this.#lastAt.set(progress.clip, now);
    this.say(`${this.#view.nameOf(progress.clip)}: ${clipFigures(progress).join(', ')}`);
    const figures = this.#view.tally.figures(now);
    if (figures.clips < 2 || now - this.#batchAt < this.#everyMs) return;
    this.#batchAt = now;
    this.say(`All: ${batchFigures(figures).join(', ')}`);
  }

  end(_clip: string, line: string): void {
    this.say(line);
  }

  say(line: string): void {
    say(line);
  }

  stop(): void {
    // Every line has been written.
  }
}

/** Shows nothing: for `--quiet`, and for `--json`, which writes only the summary. */
export class SilentDisplay implements ProgressDisplay {
  start(): void {}
  update(): void {}
  end(): void {}
  say(): void {}
  stop(): void {}
}
