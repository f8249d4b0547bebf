import { messageOf } from '../../errors.js';
import type { VsrEvent } from '../../events.js';
import { argumentsOf, type Job, type JobNote, type JobPace } from './job.js';
import { runVsr, type RunOptions } from './run-vsr.js';

/** What a run changes of its job. */
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

/** Who is told of a run. */
export type RunListener = {
  readonly change: (change: JobChange) => void;
  readonly pace: (pace: JobPace) => void;
};

/**
 * Why a run ended; `busy`: another process has the clip; `away`: the queue of many machines, which
 * does the work, cannot be reached.
 */
export type RunEnd = 'done' | 'failed' | 'interrupted' | 'busy' | 'away';

/** What the command line says of a plan, as far as it is used here; nothing of it is certain. */
type Facts = {
  readonly width?: number;
  readonly height?: number;
  readonly estimatedBytes?: number | null;
  readonly models?: readonly string[];
};

/** Turns what a run tells into changes of its job. */
class Reading {
  readonly #listener: RunListener;
  readonly #notes: JobNote[] = [];
  /** How it ended, as far as was told. */
  end: RunEnd | null = null;
  /** It ended before it came to the clip, since the queue of many machines did not answer. */
  isAway = false;
  /** The clip's name in the queue of many machines, where it was left. */
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
        // Stopped while machines of a queue work on it: they go on.
        if (event.status === 'queued') this.queued = event.queued.name;
        else this.end = 'done';
        change({ output: event.output, error: null });
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
      listener.change({ error: 'vsr ended without a word. Its log may say why.' });
    }
    return is(reading.end === 'busy' ? 'busy' : reading.isAway ? 'away' : 'failed');
  });
  return { stop: () => run.stop(), ended };
}

/**
 * A run of a job. Where machines of a queue do the work, a run that is stopped either leaves the
 * clip to them, or takes it back.
 */
export type JobRun = {
  readonly ended: Promise<RunEnd>;
  stop(how: 'leave' | 'take back'): void;
};

/** How the two kinds of run are begun; tests put others in their place. */
export type QueueWork = {
  /** Enlarges the job's clip, with a log and, in the end, a page. */
  enlarge(
    job: Job,
    places: { readonly log: string; readonly report: string },
    listener: RunListener,
  ): JobRun;
  /** Finds out what would become of the job's clip, and does nothing. */
  planJob(job: Job, listener: RunListener): JobRun;
};

/** The queue of many machines that does the work in place of this one. */
export type FarQueue = {
  /** Words of `vsr upscale` that name it, without its password, which is in `secrets`. */
  readonly words: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  /** Takes a clip out of it; what is done of it is kept. */
  takeBack(clip: string): Promise<void>;
};

/**
 * Work by `vsr upscale`, which gets `words` beside the options of each job; by the machines of
 * `far`, where there are some.
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
