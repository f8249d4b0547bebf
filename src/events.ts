import type { ErrorFacts } from './errors.js';

/**
 * The events of a running job: a closed set of plain values, the same in the library, on the
 * command line and wherever they are passed on. `docs/schema/events.json` describes them as JSON.
 */
export const eventsVersion = 1;

/** The commands that may take long. */
export const longCommands = [
  'upscale',
  'evaluate',
  'train',
  'extract',
  'regress',
  'compare',
] as const;
export type LongCommand = (typeof longCommands)[number];

/** The stages of a clip, in the order in which they happen. */
export const stages = [
  'enlarge',
  'join',
  'check',
  'measure',
  'extract',
  'train',
  'compare',
] as const;
export type Stage = (typeof stages)[number];

/** Once, first: everything that will be worked on. */
export type StartEvent = {
  readonly event: 'start';
  readonly command: LongCommand;
  /** Version of vsr. */
  readonly vsr: string;
  /**
   * What is worked on: paths of clips and pictures; for `train` the model to be made, for `compare`
   * the pairs.
   */
  readonly clips: readonly string[];
};

/** Everything has been decided about a clip, and nothing done yet. */
export type PlanEvent<Facts = object> = {
  readonly event: 'plan';
  readonly clip: string;
  /** Where the result goes; `null` where there is no file. */
  readonly output: string | null;
  /** Frames (of `train`, steps) that are expected; `null` where unknown. */
  readonly frames: number | null;
  /** An earlier job has made exactly this: it is left as it is. */
  readonly finished: boolean;
  /** What was decided; the command says which facts these are. */
  readonly facts: Facts;
};

/** How far a clip is, a few times a second. */
export type ProgressEvent = {
  readonly event: 'progress';
  readonly clip: string;
  readonly output: string | null;
  readonly stage: Stage;
  /** Frames (of `train`, steps) done, those of earlier runs included. */
  readonly frames: number;
  /** Expected number of frames; `null` where unknown. */
  readonly of: number | null;
  /** Frames a second in this run. */
  readonly fps: number;
  /** Seconds to the end; `null` where unknown. */
  readonly eta: number | null;
  /**
   * Mean, in dB, of the finite Y-PSNR figures so far: against the reference; without one, of the
   * output reduced again against the source. `null` where nothing is measured.
   */
  readonly psnr: number | null;
};

/** Something worth knowing about a clip; nothing is lost by it. */
export type NoteEvent = {
  readonly event: 'note';
  readonly clip: string;
  /** `converted`: kept in another form. `padded`: the picture grew by a row or column. */
  readonly kind: 'note' | 'converted' | 'padded';
  /** The thing, named: `subtitle stream 3 (hdmv_pgs_subtitle, eng)`. */
  readonly what: string;
  readonly why: string;
  /** What can be done about it. */
  readonly advice?: string;
  /** The source's stream it is about. */
  readonly stream?: number;
};

/** Something of the source that the output lacks. */
export type LostEvent = Omit<NoteEvent, 'event' | 'kind'> & { readonly event: 'lost' };

/** How a clip can end. */
export const endings = [
  'done',
  'skipped',
  'planned',
  'queued',
  'failed',
  'interrupted',
  'not begun',
] as const;
export type Ending = (typeof endings)[number];

/** The result of a clip that ended well. */
type Success<Summary> =
  /** `skipped`: an earlier job had done it. */
  | { readonly status: 'done' | 'skipped'; readonly summary: Summary }
  /** Only a plan was asked for. */
  | { readonly status: 'planned'; readonly summary: null }
  | Queued;

/** The clip is in a queue, and this call does not wait for it. */
export type Queued = {
  readonly status: 'queued';
  readonly summary: null;
  readonly queued: {
    /** Its name in the queue. */
    readonly name: string;
    /** Address of the queue, without its password. */
    readonly queue: string;
  };
};

/**
 * The result of the program that runs for a finished clip; if it fails, the clip is still finished.
 */
export type ProgramRun = {
  /** The program and its words, as they were run. */
  readonly words: readonly string[];
  /** `null` where it was ended by a signal, or never began. */
  readonly exitCode: number | null;
  /** Why it failed, in a sentence; `null` where it did not. */
  readonly error: string | null;
};

/** A clip has ended well. */
export type DoneEvent<Summary = object> = {
  readonly event: 'done';
  readonly clip: string;
  readonly output: string | null;
  /** Where a program was to run for each finished clip. */
  readonly exec?: ProgramRun;
} & Success<Summary>;

/** A clip has failed, or the whole call has. */
export type FailedEvent = {
  readonly event: 'failed';
  /** `null` where it was not about one clip. */
  readonly clip: string | null;
  readonly status: 'failed' | 'interrupted' | 'not begun';
  readonly output: string | null;
  readonly error: ErrorFacts;
};

/** Once, last; written by the program, which alone knows its exit code. */
export type EndEvent = {
  readonly event: 'end';
  readonly exitCode: 0 | 1 | 2 | 130;
};

/** What became of a clip, or of the whole call. */
export type Outcome<Summary = object> = DoneEvent<Summary> | FailedEvent;

/** The events of a job: `Summary` is of what it made, `Plan` of what it decided. */
export type JobEvent<Summary = object, Plan = object> =
  | StartEvent
  | PlanEvent<Plan>
  | ProgressEvent
  | NoteEvent
  | LostEvent
  | DoneEvent<Summary>
  | FailedEvent;

/** All events. */
export type VsrEvent = JobEvent | EndEvent;

/** A receiver of a job's events. */
export type Tell<Summary = object, Plan = object> = (event: JobEvent<Summary, Plan>) => void;

/** A receiver of progress events. */
export type TellProgress = (event: ProgressEvent) => void;
