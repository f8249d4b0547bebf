import path from 'node:path';
import PQueue from 'p-queue';
import { badValue, errorFacts, VsrError } from '../errors.js';
import type { JobEvent, Outcome, ProgramRun } from '../events.js';
import { prepareCommands } from '../media/program/command.js';
import { locateFfmpeg, type Ffmpeg } from '../media/program/ffmpeg.js';
import type { Sidecar, SidecarAnnouncement } from '../metrics/sidecar.js';
import { PauseControl } from '../pause-control.js';
import { version } from '../version.js';
import { EventQueue } from './event-queue.js';
import type { FileRequest, FileResult } from './file-request.js';
import { findInputs, type Input } from './plan/inputs.js';
import { tellsSourcesApart } from './plan/names.js';
import type { UpscaleOptions } from './plan/options.js';
import { probeInput } from './plan/probe-input.js';
import { checkOptions, type Settings } from './plan/settings.js';
import { isStill, listed, sortPictures } from './pictures-among-clips.js';
import { upscaleToPictures } from './sequence-output.js';
import { checkSequences, sequenceOffers, withGathered } from './sequence-inputs.js';
import { checkProgram, runProgram } from './programs/run-program.js';
import { type TryAgain, withTries } from './tries.js';
import { noteEventOf, planEventOf, type UpscalePlan } from './plan-events.js';

/**
 * The events of `upscale`: `start` with all inputs; for each input a `plan`, with a `note` or
 * `lost` for each thing worth knowing, then `progress`, and one `done` or `failed`.
 */
export type UpscaleEvent = JobEvent<Sidecar, UpscalePlan>;

/** What became of one input. */
export type UpscaleOutcome = Outcome<Sidecar>;

/** The whole way of one clip of a batch. */
export type UpscaleClip = (request: FileRequest) => Promise<FileResult>;

/** Enlarges a clip in this process. */
const upscaleHere: UpscaleClip = async (request) => {
  const { ffmpeg, input, settings, signal } = request;
  const probing = probeInput(ffmpeg, input, settings, signal);
  probing.catch(() => {}); // Thrown where the way of the clip begins.
  // Loading this takes as long as enlarging a small frame: it is done while ffprobe works.
  prepareCommands();
  const { upscaleFile } = await import('./upscale-file.js');
  return upscaleFile(request, probing);
};

class Batch {
  readonly #ffmpeg: Ffmpeg;
  readonly #settings: Settings;
  /** Files that the batch reads. */
  readonly #reads: readonly string[];
  readonly #stop: { readonly signal: AbortSignal; readonly pause: PauseControl };
  readonly #events: EventQueue<UpscaleEvent>;
  readonly #upscaleClip: UpscaleClip;
  /** The input that writes each output: two of a batch must not write to one name. */
  readonly #claimed = new Map<string, string>();

  constructor(
    ffmpeg: Ffmpeg,
    settings: Settings,
    reads: readonly string[],
    stop: { readonly signal: AbortSignal; readonly pause: PauseControl },
    {
      events,
      upscaleClip,
    }: { readonly events: EventQueue<UpscaleEvent>; readonly upscaleClip: UpscaleClip },
  ) {
    this.#ffmpeg = ffmpeg;
    this.#settings = settings;
    this.#reads = reads;
    this.#stop = stop;
    this.#events = events;
    this.#upscaleClip = upscaleClip;
  }

  /** One input from its probing to its end; never rejects. */
  async work(input: Input): Promise<void> {
    const clip = input.path;
    let output: string | null = null;
    let begun = false;
    let planned = false;
    let announced = 0;
    try {
      await this.#stop.pause.passed(this.#stop.signal);
      const { maxTries } = this.#settings;
      const upscaleOnce = (number: number): Promise<FileResult> =>
        this.#upscale({
          ffmpeg: this.#ffmpeg,
          input,
          // Segments that the try before has finished are kept.
          settings: number === 1 ? this.#settings : { ...this.#settings, restart: false },
          reads: this.#reads,
          ...this.#stop,
          claim: (named) => {
            output = named;
            this.#claim(named, clip);
          },
          onPlan: (plan, estimate) => {
            if (planned) return;
            planned = true;
            this.#events.push(planEventOf(plan, estimate));
            if (estimate === null) return;
            announced = plan.announcements.length;
            this.#announce(clip, plan.announcements);
          },
          onProgress: (progress) => {
            begun = true;
            this.#events.push(progress);
          },
        });
      const tell = (again: TryAgain): void => this.#announce(clip, [tryNote(again)]);
      const { signal } = this.#stop;
      const result = await withTries(maxTries, upscaleOnce, { tell, signal });
      // What the summary has beyond the plan became known only during the job.
      if (result.status === 'done') this.#announce(clip, result.summary.missing.slice(announced));
      const exec = await this.#runProgram(clip, output, result);
      this.#events.push({ event: 'done', clip, output, ...result, ...exec });
    } catch (cause) {
      const error = errorFacts(cause);
      const stopped = begun ? 'interrupted' : 'not begun';
      const status = error.code === 'interrupted' ? stopped : 'failed';
      this.#events.push({ event: 'failed', clip, status, output, error });
    }
  }

  /** Runs the program of `--exec` for a clip that this run finished. */
  async #runProgram(
    input: string,
    output: string | null,
    { status }: FileResult,
  ): Promise<{ exec?: ProgramRun }> {
    const { exec } = this.#settings;
    if (exec === null || status !== 'done' || output === null) return {};
    return { exec: await runProgram(exec, { input, output }, this.#stop.signal) };
  }

  #announce(clip: string, announcements: readonly SidecarAnnouncement[]): void {
    for (const each of announcements) this.#events.push(noteEventOf(clip, each));
  }

  async #upscale(request: FileRequest): Promise<FileResult> {
    if (await isStill(request.input)) {
      const { upscaleStill } = await import('./upscale-still.js');
      return upscaleStill(request);
    }
    return withGathered(request, (gathered) => upscaleToPictures(gathered, this.#upscaleClip));
  }

  #claim(output: string, input: string): void {
    const other = this.#claimed.get(output);
    if (other !== undefined && other !== input) {
      throw new VsrError(
        'option',
        `${other} and ${input} would both be written to ${output}. Name a folder with -o, or enlarge them one by one.`,
      );
    }
    this.#claimed.set(output, input);
  }
}

/**
 * Enlarges clips and pictures. Iterate to run it: each input ends in one `done` or `failed` event,
 * and a failing one does not stop the others.
 *
 * Throws VsrError before the first event for a wrong call, and for inputs that name nothing.
 * Aborting `options.signal`, or leaving the loop, stops every job within two seconds; jobs under
 * way then fail with code `interrupted`, and their finished segments wait in the work folder for
 * the next run.
 */
export function upscale(
  inputs: string | readonly string[],
  options: UpscaleOptions = {},
): AsyncGenerator<UpscaleEvent, void, undefined> {
  return upscaleBy(inputs, options, upscaleHere);
}

/** As `upscale`, with another way for each clip: `upscaleClip` may submit it to a queue. */
export async function* upscaleBy(
  inputs: string | readonly string[],
  options: UpscaleOptions,
  upscaleClip: UpscaleClip,
): AsyncGenerator<UpscaleEvent, void, undefined> {
  const checked = checkOptions(options);
  const { inputs: all, leftOut } = await findInputs(
    typeof inputs === 'string' ? [inputs] : inputs,
    checked.recursive,
    checked.output !== null,
    checked.fps !== null,
  );
  const settings = { ...checked, output: folderOfMany(all, checked.output) };
  checkSequences(all, settings, upscaleClip === upscaleHere);
  const { inputs: found, notes } = await sortPictures(all, settings);
  checkOneOutput(found, settings);
  await checkProgram(settings.exec);
  const ffmpeg = await locateFfmpeg({
    ffmpeg: settings.ffmpeg ?? undefined,
    ffprobe: settings.ffprobe ?? undefined,
  });
  const stop = new AbortController();
  const signal =
    options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const { pause = new PauseControl() } = options;
  const events = new EventQueue<UpscaleEvent>();
  const queue = new PQueue({ concurrency: settings.jobs });
  const reads = found
    .flatMap(({ path: file, sequence }) => sequence?.files ?? [file])
    .filter((file) => file !== '-');
  for (const each of [settings.reference, settings.mask]) if (each !== null) reads.push(each);
  const batch = new Batch(ffmpeg, settings, reads, { signal, pause }, { events, upscaleClip });
  const clips = found.map((input) => input.path);
  events.push({ event: 'start', command: 'upscale', vsr: version(), clips });
  for (const [folder, names] of leftOut) {
    events.push(noteEventOf(folder, leftOutNote(names)));
  }
  for (const { about, note } of [...notes, ...sequenceOffers(found)])
    events.push(noteEventOf(about, note));
  for (const input of found) void queue.add(() => batch.work(input));
  const idle = queue.onIdle().then(() => events.close());
  try {
    yield* events;
  } finally {
    stop.abort();
    await idle;
  }
}

/** What is said before a clip is tried again. */
function tryNote({ next, of, why, waitSeconds }: TryAgain): SidecarAnnouncement {
  return { kind: 'note', what: `try ${next} of ${of} in ${waitSeconds} s`, why };
}

/** What a folder holds that is not enlarged. */
function leftOutNote(names: readonly string[]): SidecarAnnouncement {
  const why = `${listed(names)}: no clips or pictures by their names, or folders that are not searched`;
  return { kind: 'note', what: 'left out', why };
}

/**
 * What `-o` names, with a slash added where a folder is meant: a name without an ending, for the
 * contents of a folder or pattern, or for several files.
 */
function folderOfMany(found: readonly Input[], output: string | null): string | null {
  if (output === null || output === '-' || path.extname(output) !== '') return output;
  const isMany = found.length > 1 || found.some(({ foundBy }) => foundBy !== null);
  return isMany && !/[/\\]$/.test(output) ? `${output}${path.sep}` : output;
}

/** Throws VsrError `option` where one named output file would have to take several clips. */
function checkOneOutput(found: readonly Input[], settings: Settings): void {
  checkNamesApart(found, settings);
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

/** Throws VsrError `option` where the template gives two sources of one folder the same name. */
function checkNamesApart(found: readonly Input[], { name, output }: Settings): void {
  if (name === null || tellsSourcesApart(name)) return;
  const first = new Map<string, string>();
  for (const { path: file, below } of found) {
    const own = path.dirname(file);
    const named = name.includes('{folder}') ? path.basename(own) : '';
    const folder = `${output === null ? own : below}:${named}`;
    const other = first.get(folder);
    if (other !== undefined) {
      throw badValue(`{stem} in it, since ${other} and ${file} go to one folder,`, 'name', name);
    }
    first.set(folder, file);
  }
}
