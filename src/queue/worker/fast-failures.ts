/** Milliseconds within which a failure counts as fast. */
const fastMs = 30_000;

/** After this many clips in a row of which it could make nothing, a worker stops. */
const mostClips = 3;

/**
 * Notices a worker at which every clip fails at once while it finds nothing wrong with itself:
 * clips that others can do must not be used up by it.
 */
export class FastFailures {
  readonly #clips = new Set<string>();

  succeeded(): void {
    this.#clips.clear();
  }

  /** Counts a failure that came after `ms`; whether the worker should stop. */
  failed(clip: string, ms: number): boolean {
    if (ms <= fastMs) this.#clips.add(clip);
    return this.#clips.size >= mostClips;
  }
}
