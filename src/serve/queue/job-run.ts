import type { VsrEvent } from '../../events.js';
import { argumentsOf, type Job, type JobNote, type JobPace } from './job.js';
import { runVsr, type VsrRun } from './run-vsr.js';

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

/** Why a run ended; `busy`: another process has the clip. */
export type RunEnd = 'done' | 'failed' | 'interrupted' | 'busy';

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
        this.end = 'done';
        change({ output: event.output, error: null });
        break;
      case 'failed':
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

function begin(
  words: readonly string[],
  listener: RunListener,
  options: { readonly log?: string; readonly polite?: boolean },
): { readonly run: VsrRun; readonly ended: Promise<RunEnd> } {
  const reading = new Reading(listener);
  const run = runVsr(words, (event) => reading.hear(event), options);
  const ended = run.ended.then(({ exitCode, isStopped }): RunEnd => {
    if (exitCode === 0) return 'done';
    if (isStopped || exitCode === 130 || reading.end === 'interrupted') return 'interrupted';
    if (reading.end !== 'failed' && reading.end !== 'busy') {
      listener.change({ error: 'vsr ended without a word. Its log may say why.' });
    }
    return reading.end === 'busy' ? 'busy' : 'failed';
  });
  return { run, ended };
}

/** A run of a job. */
export type JobRun = { readonly ended: Promise<RunEnd>; stop(): void };

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

/** Work by `vsr upscale`, which gets `words` beside the options of each job. */
export function workByCommand(words: readonly string[]): QueueWork {
  return {
    enlarge(job, { log, report }, listener) {
      const call = ['upscale', job.input, ...words, ...argumentsOf(job), `--report=${report}`];
      const { run, ended } = begin(call, listener, { log });
      return { ended, stop: () => run.stop() };
    },
    planJob(job, listener) {
      const call = ['upscale', job.input, ...words, ...argumentsOf(job), '--dry-run'];
      const { run, ended } = begin(call, listener, { polite: true });
      return { ended, stop: () => run.stop() };
    },
  };
}
