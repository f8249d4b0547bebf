import { readClaim, writeClaim } from '../../files/queue-claim.js';
import { joinFile } from '../../upscale/upscale-file.js';
import { FetchedClips } from '../fetch/fetched-clips.js';
import type { JobKind, Payload } from '../job/payload.js';
import type { QueueBook } from '../redis/book.js';
import { queueTimes } from '../times.js';
import { makeRun } from './make-run.js';
import { fetchClip, findClip, joinRequest, type FoundClip, type Workshop } from './open-clip.js';
import { OpenClips } from './open-clips.js';
import { ToolsShelf } from './tools-shelf.js';

/** Milliseconds from one report of progress to the next, at least. */
const progressMs = 1_000;

/** Does a worker's jobs, one at a time. Disposing closes what is kept open between them. */
export class ClipJobs implements AsyncDisposable {
  readonly #workshop: Workshop;
  readonly #book: QueueBook;
  readonly #fingerprint: string;
  readonly #shelf = new ToolsShelf();
  readonly #fetched = new FetchedClips();
  readonly #clips: OpenClips;
  /** When the last run of segments ended, by `performance.now()`. */
  #endedAt = 0;

  constructor(workshop: Workshop, book: QueueBook, fingerprint: string) {
    this.#workshop = workshop;
    this.#book = book;
    this.#fingerprint = fingerprint;
    this.#clips = new OpenClips(workshop);
  }

  /**
   * Does a job of a clip that is still wanted. Returns the number of segments that it made; 0 for a
   * join. Rejects with VsrError, of code `interrupted` once `signal` fires.
   */
  async do(kind: Exclude<JobKind, 'release'>, job: Payload, signal: AbortSignal): Promise<number> {
    const { share } = job;
    if (share !== null) {
      // The submitter joins the clip, because only it has all segments.
      if (kind === 'join') return 0;
      const found = await fetchClip(this.#workshop, { ...job, share }, this.#fetched, signal);
      await this.#segments(found, job, signal);
      return job.to - job.from;
    }
    const found = await findClip(this.#workshop, job);
    // The clip was taken out of the queue and then put into it again.
    if (found.claim.released) {
      await writeClaim(found.workFolder, { ...found.claim, released: false });
    }
    if (kind === 'join') await this.#join(found, signal);
    else await this.#segments(found, job, signal);
    return job.to - job.from;
  }

  /** Releases a clip's work folder, so that any job may go on with its finished segments. */
  async release(job: Payload): Promise<void> {
    // The folder of a clip that its submitter serves is the submitter's.
    if (job.share !== null) return;
    const { workFolder } = await findClip(this.#workshop, job);
    const claim = await readClaim(workFolder);
    if (claim?.id === job.clip) await writeClaim(workFolder, { ...claim, released: true });
  }

  /**
   * Ends the decoder if no job has come for a while, and removes fetched sources of clips that have
   * ended. Must not be called while a job is under way.
   */
  async tidy(): Promise<void> {
    if (performance.now() - this.#endedAt > queueTimes().heartbeatMs) this.#shelf.rest();
    await this.#fetched.tidy(async (clip) => (await this.#book.state(clip)) === 'open');
  }

  /** Forgets the plans of clips, so that every clip is planned again. */
  forget(): void {
    this.#clips.forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf[Symbol.asyncDispose]();
    await this.#fetched[Symbol.asyncDispose]();
  }

  async #segments(found: FoundClip, job: Payload, signal: AbortSignal): Promise<void> {
    const clip = await this.#clips.open(found, signal);
    let saidAt = performance.now();
    const done = await makeRun(this.#workshop, clip, {
      ...{ shelf: this.#shelf, run: job, signal },
      onProgress: (progress) => {
        if (performance.now() - saidAt < progressMs) return;
        saidAt = performance.now();
        this.#book.noteProgress(job.clip, job, progress).catch(() => {});
      },
    });
    this.#endedAt = performance.now();
    await this.#book.noteProgress(job.clip, job, done);
    const { width, height } = clip.plan.enlarged;
    if (done.made === 0) return;
    await this.#book.noteSpeed(this.#fingerprint, done.made * width * height, done.ms);
  }

  async #join(found: FoundClip, signal: AbortSignal): Promise<void> {
    this.#shelf.rest();
    const clip = await this.#clips.open(found, signal);
    await joinFile(joinRequest(this.#workshop, clip, signal), clip.plan);
    await this.#book.end(found.ref.clip, 'done', null);
  }
}
