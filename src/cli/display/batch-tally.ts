import type { ProgressEvent } from '../../events.js';

/** What is known of one clip of a batch. */
type Clip = {
  frames: number;
  total: number | null;
  /** Frames that an earlier run had made; `null` until this run first reports progress. */
  before: number | null;
  /** Samples of a larger frame: how much work a frame is. */
  samples: number;
  ended: boolean;
};

/** Progress of a batch. */
export type BatchFigures = {
  readonly clips: number;
  readonly ended: number;
  readonly frames: number;
  /** `null` while the length of a clip is not known. */
  readonly totalFrames: number | null;
  /** Seconds to the end; `null` while they cannot be estimated. */
  readonly eta: number | null;
};

/** Counts the progress of a batch over all its clips. Inputs are named as in events. */
export class BatchTally {
  readonly #clips = new Map<string, Clip>();
  #startedAt: number | undefined;

  /** Takes the names of all inputs of the batch. */
  start(inputs: readonly string[]): void {
    for (const input of inputs) {
      this.#clips.set(input, { frames: 0, total: null, before: null, samples: 0, ended: false });
    }
  }

  /**
   * Takes what is known of a clip before its first frame; `samples` are those of a larger frame.
   */
  plan(input: string, total: number | null, samples: number): void {
    const clip = this.#clips.get(input);
    if (clip !== undefined) Object.assign(clip, { total, samples });
  }

  /** Takes the progress of a clip at the time `now`, in milliseconds. */
  update({ clip: input, frames, of: total }: ProgressEvent, now = performance.now()): void {
    const clip = this.#clips.get(input);
    if (clip === undefined) return;
    this.#startedAt ??= now;
    clip.before ??= frames;
    clip.frames = frames;
    clip.total = total === null ? null : Math.max(total, frames);
  }

  /** Takes note that a clip has ended, whether it succeeded or not. */
  end(input: string): void {
    const clip = this.#clips.get(input);
    if (clip === undefined) return;
    clip.ended = true;
    // The real number of frames counts now, whatever was expected.
    clip.total = clip.frames;
  }

  figures(now = performance.now()): BatchFigures {
    const clips = [...this.#clips.values()];
    const totals = clips.map(({ total }) => total);
    const known = totals.every((total) => total !== null);
    return {
      clips: clips.length,
      ended: clips.filter(({ ended }) => ended).length,
      frames: clips.reduce((sum, { frames }) => sum + frames, 0),
      totalFrames: known ? totals.reduce((sum, total) => sum + total, 0) : null,
      eta: this.#eta(clips, now),
    };
  }

  #eta(clips: readonly Clip[], now: number): number | null {
    if (this.#startedAt === undefined) return null;
    const work = (clip: Clip, frames: number): number => Math.max(1, clip.samples) * frames;
    const known = clips.filter(({ total }) => total !== null);
    const done = clips.reduce((sum, clip) => sum + work(clip, clip.frames - (clip.before ?? 0)), 0);
    const seconds = (now - this.#startedAt) / 1000;
    if (known.length === 0 || done === 0 || seconds <= 0) return null;
    // A clip of unknown length counts as an average one.
    const mean = known.reduce((sum, clip) => sum + work(clip, clip.total!), 0) / known.length;
    const left = clips
      .filter(({ ended }) => !ended)
      .reduce(
        (sum, clip) => sum + (clip.total === null ? mean : work(clip, clip.total - clip.frames)),
        0,
      );
    return (left * seconds) / done;
  }
}
