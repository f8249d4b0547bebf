import path from 'node:path';
import type { MultiBar, SingleBar } from 'cli-progress';
import type { Progress } from '../../upscale/segments/progress.js';
import { showTime } from './numbers.js';

/** Shows how far a batch is; everything goes to stderr. */
export interface ProgressDisplay {
  start(inputs: number): void;
  update(progress: Progress): void;
  /** One clip has ended; `line` says how. */
  end(output: string | null, line: string): void;
  /** A line between the progress, e.g. an announcement. */
  say(line: string): void;
  stop(): void;
}

function figures(progress: Progress): string {
  const eta = progress.eta === null ? '' : `, ${showTime(progress.eta)} left`;
  const psnr = progress.psnr === null ? '' : `, ${progress.psnr.toFixed(2)} dB`;
  return `${progress.fps.toFixed(1)} fps${eta}${psnr}`;
}

/** Lines now and then, for logs and pipes. */
export class LineDisplay implements ProgressDisplay {
  readonly #everyMs: number;
  readonly #lastAt = new Map<string, number>();

  constructor(everyMs = 10_000) {
    this.#everyMs = everyMs;
  }

  start(): void {
    // A file that is started says so with its first line.
  }

  update(progress: Progress): void {
    const now = performance.now();
    const last = this.#lastAt.get(progress.output);
    if (last === undefined) this.#lastAt.set(progress.output, now);
    if (last === undefined || now - last < this.#everyMs) return;
    this.#lastAt.set(progress.output, now);
    const total = progress.total === null ? '' : ` of ${progress.total}`;
    this.say(
      `${path.basename(progress.input)}: ${progress.frames}${total} frames, ${figures(progress)}`,
    );
  }

  end(_output: string | null, line: string): void {
    this.say(line);
  }

  say(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  stop(): void {
    // Every line has been written.
  }
}

/** A bar for each clip under way and one for the batch, on a terminal. */
export class BarDisplay implements ProgressDisplay {
  readonly #bars: MultiBar;
  readonly #clips = new Map<string, SingleBar>();
  #batch: SingleBar | undefined;

  constructor(bars: MultiBar) {
    this.#bars = bars;
  }

  /** Loads the library, then shows bars. */
  static async open(): Promise<BarDisplay> {
    const { default: progress } = await import('cli-progress');
    const format = '{bar} {percentage}% | {value}/{total} | {name} {figures}';
    return new BarDisplay(
      new progress.MultiBar(
        {
          format,
          stream: process.stderr,
          hideCursor: true,
          barsize: 24,
          clearOnComplete: false,
          gracefulExit: false,
        },
        progress.Presets.shades_classic,
      ),
    );
  }

  start(inputs: number): void {
    if (inputs > 1) this.#batch = this.#bars.create(inputs, 0, { name: 'clips', figures: '' });
  }

  update(progress: Progress): void {
    let bar = this.#clips.get(progress.output);
    if (bar === undefined) {
      bar = this.#bars.create(progress.total ?? progress.frames, 0, {
        name: path.basename(progress.input),
        figures: '',
      });
      this.#clips.set(progress.output, bar);
    }
    // A container's stated count may be too small.
    if (progress.frames > bar.getTotal()) bar.setTotal(progress.frames);
    bar.update(progress.frames, { figures: figures(progress) });
  }

  end(output: string | null, line: string): void {
    const bar = output === null ? undefined : this.#clips.get(output);
    if (bar !== undefined) this.#bars.remove(bar);
    this.#batch?.increment();
    this.say(line);
  }

  say(line: string): void {
    this.#bars.log(`${line}\n`);
    this.#bars.update();
  }

  stop(): void {
    this.#bars.stop();
  }
}

/** Says nothing: for `--quiet`, and for `--json`, whose one word is the summary. */
export class SilentDisplay implements ProgressDisplay {
  start(): void {}
  update(): void {}
  end(): void {}
  say(): void {}
  stop(): void {}
}
