/**
 * Pauses and resumes jobs; the counterpart of an `AbortController`, which ends them. One control
 * may serve several jobs.
 */
export class PauseControl {
  #isPaused = false;
  #pausedAt = 0;
  #pausedMs = 0;
  #waiting: (() => void)[] = [];

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Jobs pause after their current frame, without using the processor. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#pausedAt = performance.now();
  }

  /** Jobs go on where they are; their output is as without the pause. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#pausedMs += performance.now() - this.#pausedAt;
    for (const goOn of this.#waiting.splice(0)) goOn();
  }

  /** Milliseconds on a clock that stands still in pauses. */
  now = (): number => (this.#isPaused ? this.#pausedAt : performance.now()) - this.#pausedMs;

  /** Resolves once there is no pause, or `signal` has fired. */
  async passed(signal: AbortSignal): Promise<void> {
    while (this.#isPaused && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const goOn = (): void => {
          signal.removeEventListener('abort', goOn);
          this.#waiting = this.#waiting.filter((each) => each !== goOn);
          resolve();
        };
        this.#waiting.push(goOn);
        signal.addEventListener('abort', goOn, { once: true });
      });
    }
  }
}
