import { isUnchanged } from '../../upscale/plan/identity.js';
import { openClip, type FoundClip, type OpenClip, type Workshop } from './open-clip.js';

/** Clips whose plans are kept: with a folder of clips in the queue, each job is of another one. */
const mostKept = 32;

/** Keeps the plans of the clips worked on last: to plan one anew takes seconds of CPU. */
export class OpenClips {
  readonly #workshop: Workshop;
  /** By submission; the one used last comes last. */
  readonly #kept = new Map<string, OpenClip>();

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  /** A clip with its plan, which is made anew where its source was written to since. */
  async open(found: FoundClip, signal: AbortSignal): Promise<OpenClip> {
    const key = `${found.ref.clip} ${found.since}`;
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    // What its segments are sent by belongs to one job.
    const clip =
      kept !== undefined && (await isUnchanged(kept.plan.source.path, kept.stamp))
        ? { ...kept, attach: found.attach }
        : await openClip(this.#workshop, found, signal);
    this.#kept.set(key, clip);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(oldest!);
    return clip;
  }

  /** Plans every clip anew. */
  forget(): void {
    this.#kept.clear();
  }
}
