import type { ProgressEvent, Queued } from '../events.js';
import type { Ffmpeg } from '../media/program/ffmpeg.js';
import type { PauseControl } from '../pause-control.js';
import type { Sidecar } from '../metrics/sidecar.js';
import type { JobEstimate } from './estimate/estimate.js';
import type { Input } from './plan/inputs.js';
import type { JobPlan } from './plan/job-plan.js';
import type { Settings } from './plan/settings.js';
import type { StillPlan } from './plan/still-plan.js';

/** One file to enlarge, and who is told about it. */
export type FileRequest = {
  readonly ffmpeg: Ffmpeg;
  readonly input: Input;
  readonly settings: Settings;
  /** Files that the batch reads: none of them is written over. */
  readonly reads: readonly string[];
  readonly signal: AbortSignal;
  readonly pause: PauseControl;
  /**
   * Called once the output has a name; throws VsrError `option` where another input of the batch
   * writes to the same name.
   */
  readonly claim: (output: string) => void;
  /**
   * Called when everything is decided. `estimate` is `null` where nothing is left to enlarge here:
   * an earlier job has done it all, or the machines of a queue have made the segments.
   */
  readonly onPlan: (plan: JobPlan | StillPlan, estimate: JobEstimate | null) => void;
  readonly onProgress: (progress: ProgressEvent) => void;
  /** Set where machines of a queue have made the segments, which only need joining. */
  readonly queue?: QueueTurn;
};

/** A queue's clip whose segments are done. */
export type QueueTurn = {
  /** The clip's name in the queue. */
  readonly id: string;
  /** When it was submitted, in milliseconds since 1970. */
  readonly since: number;
};

/** What became of a file that did not fail. */
export type FileResult =
  | { readonly status: 'done' | 'skipped'; readonly summary: Sidecar }
  | { readonly status: 'planned'; readonly summary: null }
  | Queued;
