import path from 'node:path';
import PQueue from 'p-queue';
import { VsrError, messageOf } from '../errors.js';
import { prepareCommands } from '../media/program/command.js';
import { locateFfmpeg, type Ffmpeg } from '../media/program/ffmpeg.js';
import { isAnimatedPng } from '../media/still/animated-png.js';
import type { Sidecar } from '../metrics/sidecar.js';
import { EventQueue } from './event-queue.js';
import type { FileRequest, FileResult } from './file-request.js';
import { findInputs, looksLikeStill, type Input } from './plan/inputs.js';
import type { JobPlan } from './plan/job-plan.js';
import type { UpscaleOptions } from './plan/options.js';
import { probeInput } from './plan/probe-input.js';
import { checkOptions, type Settings } from './plan/settings.js';
import type { StillPlan } from './plan/still-plan.js';
import type { Progress } from './segments/progress.js';

/** What became of one input. */
export type Outcome =
  | {
      readonly status: 'done' | 'skipped';
      readonly input: string;
      readonly output: string;
      readonly summary: Sidecar;
    }
  | { readonly status: 'planned'; readonly input: string; readonly output: string }
  | {
      readonly status: 'failed';
      readonly input: string;
      readonly output: string | null;
      readonly error: Error;
    };

/** What `upscale` tells while it works. */
export type UpscaleEvent =
  /** Once, first: everything that will be worked on. */
  | { readonly type: 'start'; readonly inputs: readonly string[] }
  /**
   * Before a clip's first frame: all that is decided about it, and whether an identical job has
   * finished it.
   */
  | { readonly type: 'plan'; readonly plan: JobPlan | StillPlan; readonly finished: boolean }
  /** A few times a second for each clip under way. */
  | { readonly type: 'progress'; readonly progress: Progress }
  /** Once for each input. */
  | { readonly type: 'end'; readonly outcome: Outcome };

class Batch {
  readonly #ffmpeg: Ffmpeg;
  readonly #settings: Settings;
  /** Files that the batch reads. */
  readonly #reads: readonly string[];
  readonly #signal: AbortSignal;
  readonly #events: EventQueue<UpscaleEvent>;
  /** Which input writes each output: two of one batch must not share a name. */
  readonly #claimed = new Map<string, string>();

  constructor(
    ffmpeg: Ffmpeg,
    settings: Settings,
    reads: readonly string[],
    signal: AbortSignal,
    events: EventQueue<UpscaleEvent>,
  ) {
    this.#ffmpeg = ffmpeg;
    this.#settings = settings;
    this.#reads = reads;
    this.#signal = signal;
    this.#events = events;
  }

  /** One input from its probing to its end; never rejects. */
  async work(input: Input): Promise<void> {
    let named: string | null = null;
    try {
      const result = await this.#upscale({
        ffmpeg: this.#ffmpeg,
        input,
        settings: this.#settings,
        reads: this.#reads,
        signal: this.#signal,
        claim: (output) => {
          named = output;
          this.#claim(output, input.path);
        },
        onPlan: (plan, finished) => this.#events.push({ type: 'plan', plan, finished }),
        onProgress: (progress) => this.#events.push({ type: 'progress', progress }),
      });
      this.#end({ ...result, input: input.path, output: named! });
    } catch (error) {
      this.#end({
        status: 'failed',
        input: input.path,
        output: named,
        error: error instanceof Error ? error : new Error(messageOf(error)),
      });
    }
  }

  async #upscale(request: FileRequest): Promise<FileResult> {
    const { ffmpeg, input, settings, signal } = request;
    if (looksLikeStill(input.path) && !(await isAnimatedPng(input.path))) {
      const { upscaleStill } = await import('./upscale-still.js');
      return upscaleStill(request);
    }
    const probing = probeInput(ffmpeg, input.path, settings, signal);
    probing.catch(() => {}); // Thrown where the way of the clip begins.
    // Loading this takes as long as enlarging a small frame: it is done while ffprobe works.
    const [{ upscaleFile }] = await Promise.all([import('./upscale-file.js'), prepareCommands()]);
    return upscaleFile(request, probing);
  }

  #claim(output: string, input: string): void {
    const other = this.#claimed.get(output);
    if (other !== undefined) {
      throw new VsrError(
        'option',
        `${other} and ${input} would both be written to ${output}. Name a folder with -o, or enlarge them one by one.`,
      );
    }
    this.#claimed.set(output, input);
  }

  #end(outcome: Outcome): void {
    this.#events.push({ type: 'end', outcome });
  }
}

/**
 * Enlarges clips and pictures. Iterate to run it: each input ends in one `end` event, and a failing
 * one does not stop the others.
 *
 * Throws VsrError before the first event for a wrong call, and for inputs that name nothing.
 * Aborting `options.signal`, or leaving the loop, stops every job within two seconds; jobs under
 * way then fail with code `interrupted`, and their finished segments wait in the work folder for
 * the next run.
 */
export async function* upscale(
  inputs: string | readonly string[],
  options: UpscaleOptions = {},
): AsyncGenerator<UpscaleEvent, void, undefined> {
  const settings = checkOptions(options);
  const found = await findInputs(
    typeof inputs === 'string' ? [inputs] : inputs,
    settings.recursive,
    settings.output !== null,
  );
  checkOneOutput(found, settings);
  const ffmpeg = await locateFfmpeg({
    ffmpeg: settings.ffmpeg ?? undefined,
    ffprobe: settings.ffprobe ?? undefined,
  });
  const stop = new AbortController();
  const signal =
    options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const events = new EventQueue<UpscaleEvent>();
  const queue = new PQueue({ concurrency: settings.jobs });
  const reads = found.map((input) => input.path).filter((file) => file !== '-');
  if (settings.reference !== null) reads.push(settings.reference);
  const batch = new Batch(ffmpeg, settings, reads, signal, events);
  events.push({ type: 'start', inputs: found.map((input) => input.path) });
  for (const input of found) void queue.add(() => batch.work(input));
  const idle = queue.onIdle().then(() => events.close());
  try {
    yield* events;
  } finally {
    stop.abort();
    await idle;
  }
}

/** One named output file cannot take several clips. */
function checkOneOutput(found: readonly Input[], settings: Settings): void {
  const { output, log, reference } = settings;
  if (found.length < 2) return;
  if (output !== null && path.extname(output) !== '' && !/[/\\]$/.test(output)) {
    throw new VsrError(
      'option',
      `Expected a folder for -o, since there are ${found.length} inputs, but received ${JSON.stringify(output)}. End it with a slash if it is a folder.`,
    );
  }
  if (typeof log === 'string') {
    throw new VsrError(
      'option',
      `Expected one input for --log ${log}, but there are ${found.length}. Each clip's log lies beside its output.`,
    );
  }
  if (reference !== null) {
    throw new VsrError(
      'option',
      `Expected one input for --reference, but there are ${found.length}. Enlarge them one by one.`,
    );
  }
}
