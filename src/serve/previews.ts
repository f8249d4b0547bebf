import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { argumentsOf, type JobOptions, noOptions } from './queue/job.js';
import { runVsr } from './queue/run-vsr.js';
import { exists } from '../files/what-is-there.js';

/** Frames that a preview shows: enough to choose by, few enough not to wait for. */
const shownFrames = 3;

/** Names that previews have, so that no text from elsewhere becomes a path. */
const idForm = /^[0-9a-f]{32}$/;

/** What of a preset `vsr preview` takes, too. */
const previewWords = ['scale', 'model', 'codec', 'encoder', 'crf', 'preset', 'precision'];

/** Words of `vsr preview` for a job: what was chosen goes before what its preset sets. */
export function previewArguments(
  { scale, model, codec, crf, preset }: JobOptions,
  set: Readonly<Record<string, string>>,
): string[] {
  const chosen = argumentsOf({ options: { ...noOptions, scale, model, codec, crf, preset } });
  const taken = new Set(chosen.map((word) => /^--([a-z-]+)=/.exec(word)?.[1]));
  const others = previewWords.filter((word) => !taken.has(word) && Object.hasOwn(set, word));
  return [...others.map((word) => `--${word}=${set[word]}`), ...chosen];
}

/** Pages that show how a clip would look, made one at a time and kept in a folder. */
export class Previews {
  readonly #folder: string;
  #making: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file of a preview; `null` for what is no name of one. */
  fileOf(id: string): string | null {
    return idForm.test(id) ? path.join(this.#folder, `${id}.html`) : null;
  }

  /**
   * Makes the preview of a clip, unless it is there, and returns its name. `set` is what the
   * configuration file sets for the job. Throws VsrError `media` with what the command line said
   * where it cannot be made.
   */
  async make(
    input: string,
    options: JobOptions,
    set: Readonly<Record<string, string>>,
  ): Promise<string> {
    if (options.to !== null || (options.scale === null && Object.hasOwn(set, 'to'))) {
      throw new VsrError(
        'option',
        'A preview shows a scale, not a size. Choose how many times as large.',
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
    const words = ['preview', input, ...chosen, `--frames=${shownFrames}`, `--output=${file}`];
    const { exitCode } = await runVsr(words, null, { log }).ended;
    if (exitCode === 0) return;
    const said = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').at(-1) ?? '';
    throw new VsrError('media', said.replace(/^vsr: /, '') || 'The preview could not be made.');
  }
}
