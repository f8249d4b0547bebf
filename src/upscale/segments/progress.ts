/** How far one clip is. */
export type Progress = {
  readonly input: string;
  readonly output: string;
  /** Frames that the encoder has taken, those of earlier runs included. */
  readonly frames: number;
  /** Frames the clip is thought to have; `null` where unknown. */
  readonly total: number | null;
  /** Frames a second in this run. */
  readonly fps: number;
  /** Seconds to the end; `null` where unknown. */
  readonly eta: number | null;
  /**
   * Mean, in dB, of the finite Y-PSNR figures so far: against the reference, or else of the output
   * reduced again against the source.
   */
  readonly psnr: number | null;
};

/** Counts frames and says how far the clip is, at most every `intervalMs`. */
export class ProgressCounter {
  readonly #report: (progress: Progress) => void;
  readonly #place: Pick<Progress, 'input' | 'output' | 'total'>;
  readonly #startedAt = performance.now();
  readonly #intervalMs: number;
  #reportedAt = 0;
  #frames = 0;
  #before = 0;
  #sum = 0;
  #scored = 0;

  constructor(
    place: Pick<Progress, 'input' | 'output' | 'total'>,
    report: (progress: Progress) => void,
    intervalMs = 100,
  ) {
    this.#place = place;
    this.#report = report;
    this.#intervalMs = intervalMs;
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Frames done in this run. */
  get frames(): number {
    return this.#frames;
  }

  /** Counts frames that an earlier run had done. */
  skip(frames: number): void {
    this.#before += frames;
  }

  add(psnr: number | null): void {
    this.#frames++;
    if (psnr !== null && Number.isFinite(psnr)) {
      this.#sum += psnr;
      this.#scored++;
    }
    const now = performance.now();
    if (now - this.#reportedAt < this.#intervalMs) return;
    this.tell();
  }

  /** Says how far the clip is, whenever that was said last. */
  tell(): void {
    this.#reportedAt = performance.now();
    this.#report(this.#now());
  }

  #now(): Progress {
    const frames = this.#before + this.#frames;
    const fps = this.#frames / Math.max(this.elapsed, 1e-3);
    const { total } = this.#place;
    return {
      ...this.#place,
      frames,
      fps,
      eta: total === null || fps === 0 ? null : Math.max(0, total - frames) / fps,
      psnr: this.#scored === 0 ? null : this.#sum / this.#scored,
    };
  }
}
