import { isUnchanged } from '../../upscale/plan/identity.js';
import { openClip, type FoundClip, type OpenClip, type Workshop } from './open-clip.js';

/** Plans that are kept: with many clips in the queue, consecutive jobs are of different clips. */
const mostKept = 32;

/** Keeps the plans of recent clips, because planning a clip takes seconds of CPU. */
export class OpenClips {
  readonly #workshop: Workshop;
  /** By clip and time of submission; the one used last comes last. */
  readonly #kept = new Map<string, OpenClip>();

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  /** A clip with its plan. It is planned again if its source was written to since. */
  async open(found: FoundClip, signal: AbortSignal): Promise<OpenClip> {
    const key = `${found.ref.clip} ${found.since}`;
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    // `attach` belongs to one job: it may hold the connection by which segments are sent.
    const clip =
      kept !== undefined && (await isUnchanged(kept.plan.source.path, kept.stamp))
        ? { ...kept, attach: found.attach }
        : await openClip(this.#workshop, found, signal);
    this.#kept.set(key, clip);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(oldest!);
    return clip;
  }

  /** Forgets all plans. */
  forget(): void {
    this.#kept.clear();
  }
}
