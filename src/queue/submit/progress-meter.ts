import type { ProgressEvent } from '../../events.js';
import type { RunProgress } from '../redis/book.js';

/** Turns what workers report about a clip into the progress events of a job on one machine. */
export class ProgressMeter {
  readonly #place: Pick<ProgressEvent, 'clip' | 'output' | 'of'>;
  /** Frames that were done before the clip was submitted. */
  readonly #before: number;
  readonly #report: (progress: ProgressEvent) => void;
  readonly #startedAt = performance.now();
  /** Frames that workers had made when this process began to watch. */
  #first: number | null = null;

  constructor(
    place: Pick<ProgressEvent, 'clip' | 'output' | 'of'>,
    before: number,
    report: (progress: ProgressEvent) => void,
  ) {
    this.#place = place;
    this.#before = before;
    this.#report = report;
  }

  show({ frames: made, psnr }: RunProgress): void {
    this.#first ??= made;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const fps = Math.max(0, made - this.#first) / Math.max(seconds, 1e-3);
    const frames = this.#before + made;
    const { of } = this.#place;
    const eta = of === null || fps === 0 ? null : Math.max(0, of - frames) / fps;
    const stage = of !== null && frames >= of ? 'join' : 'enlarge';
    this.#report({ event: 'progress', ...this.#place, stage, frames, fps, eta, psnr });
  }
}
