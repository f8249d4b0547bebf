import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { argumentsOf, type JobOptions, noOptions } from './queue/job.js';
import { runVsr } from './queue/run-vsr.js';
import { exists } from '../files/what-is-there.js';

/** Frames that a preview shows: enough to choose by, and few enough to be made soon. */
const shownFrames = 3;

/** The form of a preview's id; any other text from a request must not become part of a path. */
const idForm = /^[0-9a-f]{32}$/;

/** Options of a preset that `vsr preview` takes as well. */
const previewWords = [
  ...['scale', 'model', 'quality', 'codec', 'encoder', 'crf', 'preset', 'precision'],
];

/** Options of which a job has one: a choice of either overrides both. */
const networkWords = ['model', 'quality'];

/** Options of `vsr preview` for a job; chosen ones override those in `set`, of its preset. */
export function previewArguments(
  { scale, model, quality, codec, crf, preset }: JobOptions,
  set: Readonly<Record<string, string>>,
): string[] {
  const options = { ...noOptions, scale, model, quality, codec, crf, preset };
  const chosen = argumentsOf({ options });
  const taken = new Set(chosen.map((word) => /^--([a-z-]+)=/.exec(word)?.[1]));
  if (networkWords.some((word) => taken.has(word))) networkWords.forEach((word) => taken.add(word));
  const others = previewWords.filter((word) => !taken.has(word) && Object.hasOwn(set, word));
  return [...others.map((word) => `--${word}=${set[word]}`), ...chosen];
}

/** Pages that show how an enlarged clip would look, made one at a time and kept in a folder. */
export class Previews {
  readonly #folder: string;
  #making: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path of a preview's page; `null` where `id` is not the id of one. */
  fileOf(id: string): string | null {
    return idForm.test(id) ? path.join(this.#folder, `${id}.html`) : null;
  }

  /**
   * Makes the preview of the clip `input`, unless there is one, and returns its id. `set` holds the
   * options that the configuration file sets for the job. Throws VsrError `option` where a size is
   * chosen instead of a scale, and `media` with the last line of `vsr preview` where that fails.
   */
  async make(
    input: string,
    options: JobOptions,
    set: Readonly<Record<string, string>>,
  ): Promise<string> {
    if (options.to !== null || (options.scale === null && Object.hasOwn(set, 'to'))) {
      throw new VsrError(
        'option',
        'A preview is made with a scale, not for a size such as 1080p. Choose a scale.',
      );
    }
    const { size, mtimeMs } = await stat(input);
    const words = previewArguments(options, set);
    const facts = JSON.stringify([input, size, mtimeMs, words]);
    const id = createHash('sha256').update(facts).digest('hex').slice(0, 32);
    const made = this.#making.then(() => this.#page(id, input, words));
    this.#making = made.catch(() => {});
    await made;
    return id;
  }

  async #page(id: string, input: string, chosen: readonly string[]): Promise<void> {
    const file = this.fileOf(id)!;
    if (await exists(file)) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const log = path.join(this.#folder, 'last.log');
    await rm(log, { force: true });
    const words = ['preview', input, ...chosen, `--frames=${shownFrames}`, `--output=${file}`];
    const { exitCode } = await runVsr(words, null, { log }).ended;
    if (exitCode === 0) return;
    const said = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').at(-1) ?? '';
    throw new VsrError('media', said.replace(/^vsr: /, '') || 'The preview could not be made.');
  }
}
