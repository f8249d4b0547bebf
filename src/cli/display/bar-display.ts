import type { createLogUpdate } from 'log-update';
import { printable } from '../../printable.js';
import type { ProgressEvent } from '../../events.js';
import { barLine } from './bar-line.js';
import {
  batchFigures,
  clipFigures,
  type BatchView,
  type ProgressDisplay,
} from './progress-display.js';
import { say, screenWidth } from './say.js';

/** Milliseconds between drawings of the bars. */
const everyMs = 100;

/**
 * A progress bar for each running clip and, in a batch, one for all clips, at the bottom of a
 * terminal.
 */
export class BarDisplay implements ProgressDisplay {
  readonly #bars: ReturnType<typeof createLogUpdate>;
  readonly #view: BatchView;
  readonly #running = new Map<string, ProgressEvent>();
  #drawnAt = -Infinity;
  #stopped = false;

  constructor(bars: ReturnType<typeof createLogUpdate>, view: BatchView) {
    this.#bars = bars;
    this.#view = view;
  }

  /** Loads the library, then shows bars. */
  static async open(view: BatchView): Promise<BarDisplay> {
    const { createLogUpdate } = await import('log-update');
    // The cursor is not hidden, so it need not be restored however the process ends.
    return new BarDisplay(createLogUpdate(process.stderr, { showCursor: true }), view);
  }

  start(): void {
    this.#draw();
  }

  update(progress: ProgressEvent): void {
    this.#running.set(progress.clip, progress);
    if (performance.now() - this.#drawnAt >= everyMs) this.#draw();
  }

  end(clip: string, line: string): void {
    this.#running.delete(clip);
    this.say(line);
  }

  say(line: string): void {
    if (!this.#stopped) this.#bars.clear();
    say(line);
    this.#draw();
  }

  stop(): void {
    if (!this.#stopped) this.#bars.clear();
    this.#stopped = true;
  }

  #draw(): void {
    if (this.#stopped) return;
    this.#drawnAt = performance.now();
    const lines = this.#lines();
    if (lines.length > 0) this.#bars(lines.join('\n'));
  }

  #lines(): string[] {
    const width = screenWidth() - 1;
    const clips = [...this.#running.values()].map((progress) =>
      barLine(
        {
          share: progress.of === null ? null : progress.frames / Math.max(progress.of, 1),
          name: printable(this.#view.nameOf(progress.clip)),
          figures: clipFigures(progress),
        },
        width,
      ),
    );
    const figures = this.#view.tally.figures();
    if (figures.clips < 2) return clips;
    const { frames, totalFrames, ended, clips: count } = figures;
    const share = totalFrames === null ? ended / count : frames / Math.max(totalFrames, 1);
    return [...clips, barLine({ share, name: 'all', figures: batchFigures(figures) }, width)];
  }
}
