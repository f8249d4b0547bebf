import type { ProgressEvent, Stage } from '../../events.js';

/** Counts frames and reports progress, at most every `intervalMs` milliseconds. */
export class ProgressCounter {
  readonly #report: (progress: ProgressEvent) => void;
  readonly #place: Pick<ProgressEvent, 'clip' | 'output' | 'of'>;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #intervalMs: number;
  #reportedAt = 0;
  #stage: Stage = 'enlarge';
  /** Seconds that enlarging took; `null` while it goes on. */
  #enlargedIn: number | null = null;
  #frames = 0;
  #before = 0;
  #sum = 0;
  #scored = 0;

  constructor(
    place: Pick<ProgressEvent, 'clip' | 'output' | 'of'>,
    report: (progress: ProgressEvent) => void,
    /** Milliseconds; stands still in pauses. */
    now: () => number = () => performance.now(),
    intervalMs = 100,
  ) {
    this.#now = now;
    this.#startedAt = now();
    this.#place = place;
    this.#report = report;
    this.#intervalMs = intervalMs;
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (this.#now() - this.#startedAt) / 1000;
  }

  /** Frames done in this run. */
  get frames(): number {
    return this.#frames;
  }

  /** Counts frames that an earlier run had done. */
  skip(frames: number): void {
    this.#before += frames;
  }

  /** Subtracts frames that will be made again. */
  takeBack(frames: number): void {
    this.#frames -= frames;
  }

  /** Counts a frame that is done; `psnr` is its luma's in dB, `null` where it was not measured. */
  add(psnr: number | null): void {
    this.#frames++;
    if (psnr !== null && Number.isFinite(psnr)) {
      this.#sum += psnr;
      this.#scored++;
    }
    // The last frame is always reported.
    const isLast = this.#before + this.#frames === this.#place.of;
    if (!isLast && performance.now() - this.#reportedAt < this.#intervalMs) return;
    this.tell();
  }

  /** Enters another stage of the job. */
  enter(stage: Stage): void {
    this.#enlargedIn ??= this.elapsed;
    this.#stage = stage;
    this.tell();
  }

  /** Reports progress now, whenever it was last reported. */
  tell(): void {
    this.#reportedAt = performance.now();
    this.#report(this.#told());
  }

  #told(): ProgressEvent {
    const frames = this.#before + this.#frames;
    const fps = this.#frames / Math.max(this.#enlargedIn ?? this.elapsed, 1e-3);
    const { of } = this.#place;
    return {
      event: 'progress',
      ...this.#place,
      stage: this.#stage,
      frames,
      fps,
      eta: of === null || fps === 0 ? null : Math.max(0, of - frames) / fps,
      psnr: this.#scored === 0 ? null : this.#sum / this.#scored,
    };
  }
}
