import { readClaim, writeClaim } from '../../files/queue-claim.js';
import { probeInput } from '../../upscale/plan/probe-input.js';
import { upscaleFile } from '../../upscale/upscale-file.js';
import type { JobKind, Payload } from '../job/payload.js';
import type { QueueBook } from '../redis/book.js';
import { makeRun } from './make-run.js';
import { NetworkShelf } from './network-shelf.js';
import {
  findClip,
  joinRequest,
  openClip,
  type FoundClip,
  type OpenClip,
  type Workshop,
} from './open-clip.js';

/** Milliseconds from one word of progress to the next. */
const progressMs = 1_000;

/** What a worker does for clips, one job at a time. Disposing closes what it keeps open. */
export class ClipJobs implements AsyncDisposable {
  readonly #workshop: Workshop;
  readonly #book: QueueBook;
  readonly #fingerprint: string;
  readonly #shelf = new NetworkShelf();
  /** The clip opened last: planning one anew takes a second. */
  #open: { readonly key: string; readonly clip: OpenClip } | null = null;

  constructor(workshop: Workshop, book: QueueBook, fingerprint: string) {
    this.#workshop = workshop;
    this.#book = book;
    this.#fingerprint = fingerprint;
  }

  /**
   * Does a job whose clip is still wanted. Returns the number of segments that are done by it.
   * Rejects with VsrError, `interrupted` once `signal` fires.
   */
  async do(kind: Exclude<JobKind, 'release'>, job: Payload, signal: AbortSignal): Promise<number> {
    const found = await findClip(this.#workshop, job);
    // Somebody has put it into the queue again.
    if (found.claim.released) {
      await writeClaim(found.workFolder, { ...found.claim, released: false });
    }
    if (kind === 'join') await this.#join(found, signal);
    else await this.#segments(found, job, signal);
    return job.to - job.from;
  }

  /** Lets go of a clip's work folder: what is finished in it waits for whoever goes on. */
  async release(job: Payload): Promise<void> {
    const { workFolder } = await findClip(this.#workshop, job);
    const claim = await readClaim(workFolder);
    if (claim?.id === job.clip) await writeClaim(workFolder, { ...claim, released: true });
  }

  /** Plans the next clip anew, whichever it is. */
  forget(): void {
    this.#open = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf[Symbol.asyncDispose]();
  }

  async #segments(found: FoundClip, job: Payload, signal: AbortSignal): Promise<void> {
    const key = `${job.clip} ${found.claim.since}`;
    if (this.#open?.key !== key) {
      this.#open = { key, clip: await openClip(this.#workshop, found, signal) };
    }
    const { clip } = this.#open;
    let saidAt = performance.now();
    const done = await makeRun(this.#workshop, clip, {
      ...{ shelf: this.#shelf, run: job, signal },
      onProgress: (progress) => {
        if (performance.now() - saidAt < progressMs) return;
        saidAt = performance.now();
        this.#book.noteProgress(job.clip, job, progress).catch(() => {});
      },
    });
    await this.#book.noteProgress(job.clip, job, done);
    const { width, height } = clip.plan.enlarged;
    if (done.made === 0) return;
    await this.#book.noteSpeed(this.#fingerprint, done.made * width * height, done.ms);
  }

  async #join(found: FoundClip, signal: AbortSignal): Promise<void> {
    const { input, settings, claim, ref } = found;
    const since = Date.parse(claim.since);
    const probing = probeInput(this.#workshop.ffmpeg, input.path, settings, signal);
    probing.catch(() => {}); // Thrown where the way of the clip begins.
    await upscaleFile(joinRequest(this.#workshop, found, { signal, since }), probing);
    await this.#book.end(ref.clip, 'done', null);
  }
}
