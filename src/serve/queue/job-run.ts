import { messageOf } from '../../errors.js';
import type { VsrEvent } from '../../events.js';
import { argumentsOf, type Job, type JobNote, type JobPace } from './job.js';
import { runVsr, type RunOptions } from './run-vsr.js';

/** The fields of a job that its run changes. */
export type JobChange = Partial<
  Pick<
    Job,
    | 'output'
    | 'frames'
    | 'of'
    | 'pixels'
    | 'size'
    | 'bytes'
    | 'models'
    | 'notes'
    | 'error'
    | 'hasReport'
  >
>;

/** Receives the changes of a job while it runs. */
export type RunListener = {
  readonly change: (change: JobChange) => void;
  readonly pace: (pace: JobPace) => void;
};

/**
 * How a run ended; `busy`: another process is enlarging the clip; `away`: the queue in Redis, by
 * which other machines do the work, cannot be reached.
 */
export type RunEnd = 'done' | 'failed' | 'interrupted' | 'busy' | 'away';

/** The facts of a plan event that are used here; each may be missing. */
type Facts = {
  readonly width?: number;
  readonly height?: number;
  readonly estimatedBytes?: number | null;
  readonly models?: readonly string[];
};

/** The bytes that a finished output really has, as its summary says. */
function bytesOf(summary: object | null): { bytes?: number } {
  const { sizeBytes } = (summary as { output?: { sizeBytes?: unknown } } | null)?.output ?? {};
  return typeof sizeBytes === 'number' ? { bytes: sizeBytes } : {};
}

/** Turns the events of a run into changes of its job. */
class Reading {
  readonly #listener: RunListener;
  readonly #notes: JobNote[] = [];
  /** How it ended by its events; `null` until one says so. */
  end: RunEnd | null = null;
  /** Whether it failed before it began with the clip, since the queue in Redis did not answer. */
  isAway = false;
  /** The clip's name in the queue in Redis, where a stopped run left it there; otherwise `null`. */
  queued: string | null = null;

  constructor(listener: RunListener) {
    this.#listener = listener;
  }

  hear(event: VsrEvent): void {
    const { change, pace } = this.#listener;
    switch (event.event) {
      case 'plan': {
        const { width, height, estimatedBytes, models } = event.facts as Facts;
        const isKnown = width !== undefined && height !== undefined;
        const larger = isKnown
          ? { pixels: width * height, size: `${width}x${height}` }
          : { pixels: null, size: null };
        const { output, frames: of } = event;
        change({ output, of, ...larger, bytes: estimatedBytes ?? null, models: models ?? [] });
        break;
      }
      case 'note':
      case 'lost':
        this.#notes.push({ what: event.what, why: event.why, isLoss: event.event === 'lost' });
        change({ notes: [...this.#notes] });
        break;
      case 'progress':
        change({ frames: event.frames, of: event.of });
        pace({ fps: event.fps, stage: event.stage, eta: event.eta });
        break;
      case 'done':
        // The run was stopped while other machines work on the clip, which go on with it.
        if (event.status === 'queued') this.queued = event.queued.name;
        else this.end = 'done';
        change({ output: event.output, error: null, ...bytesOf(event.summary) });
        break;
      case 'failed':
        this.isAway = event.error.code === 'queue' && event.clip === null;
        this.end =
          event.error.code === 'busy'
            ? 'busy'
            : event.status === 'failed'
              ? 'failed'
              : 'interrupted';
        if (this.end !== 'interrupted') change({ error: event.error.message });
        break;
      case 'start':
      case 'end':
        break;
    }
  }
}

type Ended = { readonly end: RunEnd; readonly queued: string | null };

function begin(
  words: readonly string[],
  listener: RunListener,
  options: RunOptions,
): { readonly stop: () => void; readonly ended: Promise<Ended> } {
  const reading = new Reading(listener);
  const run = runVsr(words, (event) => reading.hear(event), options);
  const ended = run.ended.then(({ exitCode, isStopped }): Ended => {
    const is = (end: RunEnd): Ended => ({ end, queued: reading.queued });
    if (exitCode === 0) return is('done');
    if (isStopped || exitCode === 130 || reading.end === 'interrupted') return is('interrupted');
    if (reading.end !== 'failed' && reading.end !== 'busy') {
      listener.change({ error: 'vsr ended without naming a reason. Its log may say why.' });
    }
    return is(reading.end === 'busy' ? 'busy' : reading.isAway ? 'away' : 'failed');
  });
  return { stop: () => run.stop(), ended };
}

/**
 * A running job. Where other machines do the work, `stop` either leaves the clip in their queue or
 * takes it back from there.
 */
export type JobRun = {
  readonly ended: Promise<RunEnd>;
  stop(how: 'leave' | 'take back'): void;
};

/** Begins the two kinds of runs; tests use others. */
export type QueueWork = {
  /** Enlarges the job's clip, and writes a log and, at the end, a report to these paths. */
  enlarge(
    job: Job,
    places: { readonly log: string; readonly report: string },
    listener: RunListener,
  ): JobRun;
  /** Plans the enlargement of the job's clip (`--dry-run`) and writes nothing. */
  planJob(job: Job, listener: RunListener): JobRun;
};

/** The queue in Redis by which other machines do the work. */
export type FarQueue = {
  /** Arguments of `vsr upscale` that name it, without its password, which is in `secrets`. */
  readonly words: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  /** Removes the clip of this name from it; finished segments are kept. */
  takeBack(clip: string): Promise<void>;
};

/**
 * Runs jobs by `vsr upscale`, with the arguments `words` besides the options of each job; by the
 * machines of the queue `far` unless that is `null`.
 */
export function workByCommand(words: readonly string[], far: FarQueue | null = null): QueueWork {
  const callOf = (job: Job): string[] => ['upscale', job.input, ...words, ...argumentsOf(job)];
  return {
    enlarge(job, { log, report }, listener) {
      const call = [...callOf(job), ...(far?.words ?? []), `--report=${report}`];
      const { stop, ended } = begin(call, listener, { log, secrets: far?.secrets ?? {} });
      let takesBack = false;
      return {
        ended: ended.then(async ({ end, queued }) => {
          if (far !== null && takesBack && queued !== null) {
            await far
              .takeBack(queued)
              .catch((error: unknown) => listener.change({ error: messageOf(error) }));
          }
          return end;
        }),
        stop(how) {
          takesBack = how === 'take back';
          stop();
        },
      };
    },
    planJob(job, listener) {
      const { stop, ended } = begin([...callOf(job), '--dry-run'], listener, { polite: true });
      return { ended: ended.then(({ end }) => end), stop };
    },
  };
}
