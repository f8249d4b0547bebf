import { stat } from 'node:fs/promises';
import path from 'node:path';
import PQueue from 'p-queue';
import { VsrError, messageOf } from '../errors.js';
import { prepareCommands } from '../media/program/command.js';
import { locateFfmpeg, type Ffmpeg } from '../media/program/ffmpeg.js';
import { isAnimatedPng } from '../media/still/animated-png.js';
import { readSidecar, type Sidecar } from '../metrics/sidecar.js';
import { EventQueue } from './event-queue.js';
import { findInputs, looksLikeStill, type Input } from './plan/inputs.js';
import type { JobPlan } from './plan/job-plan.js';
import { sidecarPath } from './plan/names.js';
import { allowsDamage, checkOptions, type UpscaleOptions } from './plan/options.js';
import { probeInput } from './plan/probe-input.js';
import type { Progress } from './segments/progress.js';
import type { StillPlan } from './upscale-still.js';
import { clearWorkFolder, sealedSidecar } from './segments/work-folder.js';

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
  /** Before a clip's first frame: all that is decided about it, and whether an identical job has finished it. */
  | { readonly type: 'plan'; readonly plan: JobPlan | StillPlan; readonly finished: boolean }
  /** A few times a second for each clip under way. */
  | { readonly type: 'progress'; readonly progress: Progress }
  /** Once for each input. */
  | { readonly type: 'end'; readonly outcome: Outcome };

/** The sidecar of an identical job whose output is still there, else `null`. Throws for any other existing output. */
async function finishedBefore(
  plan: JobPlan | StillPlan,
  overwrite: boolean,
): Promise<Sidecar | null> {
  const { output } = plan.paths;
  const existing = await stat(output).catch(() => undefined);
  if (existing === undefined) return null;
  const sidecar = await readSidecar(sidecarPath(output)).catch(() => null);
  if (sidecar !== null && sidecar.job === plan.job && sidecar.output.sizeBytes === existing.size) {
    refuseDamagedOutput(plan, sidecar);
    await clearWorkFolder(plan.paths.workFolder, output);
    return sidecar;
  }
  // A job that died after giving its output the name has only its sidecar left to write.
  if ((await sealedSidecar(plan.paths.workFolder, plan.job, output)) !== null) return null;
  if (overwrite) return null;
  const other = sidecar === null ? 'no finished job of vsr made it' : 'another job made it';
  throw new VsrError(
    'media',
    `${output} exists and ${other}. Replace it with --overwrite, or choose another name with -o.`,
  );
}

/** An output of a damaged source counts as finished only where that is allowed, as when it was made. */
function refuseDamagedOutput({ options, paths }: JobPlan | StillPlan, { source }: Sidecar): void {
  const [first] = source.damage ?? [];
  if (first === undefined || allowsDamage(options)) return;
  throw new VsrError(
    'media',
    `${paths.output} is finished, but its source is damaged (${first.what}). Take it as it is with --allow-damaged.`,
  );
}

class Batch {
  readonly #ffmpeg: Ffmpeg;
  readonly #options: UpscaleOptions;
  readonly #signal: AbortSignal;
  readonly #events: EventQueue<UpscaleEvent>;
  /** Which input writes each output: two of one batch must not share a name. */
  readonly #claimed = new Map<string, string>();

  constructor(
    ffmpeg: Ffmpeg,
    options: UpscaleOptions,
    signal: AbortSignal,
    events: EventQueue<UpscaleEvent>,
  ) {
    this.#ffmpeg = ffmpeg;
    this.#options = options;
    this.#signal = signal;
    this.#events = events;
  }

  /** One input from its probing to its end; never rejects. */
  async work(input: Input): Promise<void> {
    let named: string | null = null;
    try {
      const plan = await this.#plan(input);
      const { output } = plan.paths;
      named = output;
      this.#claim(output, input.path);
      const earlier = await finishedBefore(plan, this.#options.overwrite ?? false);
      this.#events.push({ type: 'plan', plan, finished: earlier !== null });
      this.#end(
        earlier !== null
          ? { status: 'skipped', input: input.path, output, summary: earlier }
          : this.#options.dryRun === true
            ? { status: 'planned', input: input.path, output }
            : { status: 'done', input: input.path, output, summary: await this.#run(plan) },
      );
    } catch (error) {
      this.#end({
        status: 'failed',
        input: input.path,
        output: named,
        error: error instanceof Error ? error : new Error(messageOf(error)),
      });
    }
  }

  async #plan(input: Input): Promise<JobPlan | StillPlan> {
    if (looksLikeStill(input.path) && !(await isAnimatedPng(input.path))) {
      const { planStill } = await import('./upscale-still.js');
      return planStill(input, this.#options);
    }
    const probing = probeInput(this.#ffmpeg, input.path, this.#options);
    probing.catch(() => {}); // Thrown below.
    // Loading this takes as long as enlarging a small frame: it is done while ffprobe works.
    const [{ planJob }] = await Promise.all([
      import('./plan/job-plan.js'),
      import('./upscale-file.js'),
      prepareCommands(),
    ]);
    return planJob(this.#ffmpeg, input, await probing, this.#options);
  }

  async #run(plan: JobPlan | StillPlan): Promise<Sidecar> {
    const onProgress = (progress: Progress): void =>
      this.#events.push({ type: 'progress', progress });
    if (plan.kind === 'still') {
      const { upscaleStill } = await import('./upscale-still.js');
      return upscaleStill(plan, this.#signal);
    }
    const { upscaleFile } = await import('./upscale-file.js');
    return upscaleFile(this.#ffmpeg, plan, this.#signal, onProgress);
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
 * Enlarges clips and pictures. Iterate to run it: each input ends in one `end` event, and a failing one
 * does not stop the others.
 *
 * Throws VsrError before the first event for a wrong call, and for inputs that name nothing. Aborting
 * `options.signal`, or leaving the loop, stops every job within two seconds; jobs under way then fail
 * with code `interrupted`, and their finished segments wait in the work folder for the next run.
 */
export async function* upscale(
  inputs: string | readonly string[],
  options: UpscaleOptions = {},
): AsyncGenerator<UpscaleEvent, void, undefined> {
  checkOptions(options);
  const found = await findInputs(
    typeof inputs === 'string' ? [inputs] : inputs,
    options.recursive ?? false,
  );
  checkOneOutput(found, options);
  const ffmpeg = await locateFfmpeg({
    ...(options.ffmpeg === undefined ? {} : { ffmpeg: options.ffmpeg }),
    ...(options.ffprobe === undefined ? {} : { ffprobe: options.ffprobe }),
  });
  const stop = new AbortController();
  const signal =
    options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const events = new EventQueue<UpscaleEvent>();
  const queue = new PQueue({ concurrency: options.jobs ?? 1 });
  const batch = new Batch(ffmpeg, { ...options, signal }, signal, events);
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
function checkOneOutput(found: readonly Input[], options: UpscaleOptions): void {
  const { output, log } = options;
  if (found.length < 2) return;
  if (output !== undefined && path.extname(output) !== '' && !/[/\\]$/.test(output)) {
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
  if (options.reference !== undefined) {
    throw new VsrError(
      'option',
      `Expected one input for --reference, but there are ${found.length}. Enlarge them one by one.`,
    );
  }
}
