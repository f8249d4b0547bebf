/** Milliseconds within which a failure counts as fast. */
const fastMs = 30_000;

/** Number of clips that fail fast, without a success between them, after which a worker stops. */
const mostClips = 3;

/**
 * Notices a worker on which every clip fails at once although it finds nothing wrong with itself.
 * It must stop, before it makes clips fail that other machines could enlarge.
 */
export class FastFailures {
  readonly #clips = new Set<string>();

  succeeded(): void {
    this.#clips.clear();
  }

  /** Counts a failure that came after `ms` milliseconds; returns whether the worker should stop. */
  failed(clip: string, ms: number): boolean {
    if (ms <= fastMs) this.#clips.add(clip);
    return this.#clips.size >= mostClips;
  }
}
