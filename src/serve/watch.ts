import { watch } from 'chokidar';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, messageOf } from '../errors.js';
import { isWanted } from '../upscale/plan/inputs.js';
import { checkWords, type JobOptions, noOptions } from './queue/job.js';
import type { Queue } from './queue/queue.js';

/** A folder to watch, and the options for the clips in it. */
export type Watched = { readonly folder: string; readonly options: JobOptions };

/** Milliseconds without growth after which a file counts as complete. */
export const stillMs = 5000;

const numbers = new Set(['scale', 'crf']);

/** Options that take several words: with `+` between them, since a comma separates options. */
const lists = new Set(['audio', 'subs']);

/**
 * The folder and options in `folder` or `folder=scale=4,codec=hevc`; a folder's name may contain
 * `=`. Throws VsrError `option` for an unknown option and for an invalid value.
 */
export function parseWatched(text: string): Watched {
  const [, folder = '', list] = /^(.*?)(?:=(\w+=[^,=]*(?:,\w+=[^,=]*)*))?$/s.exec(text) ?? [];
  const options: Record<string, string | number | null> = { ...noOptions };
  for (const pair of list?.split(',') ?? []) {
    const [name, value] = pair.split('=') as [string, string];
    if (!Object.hasOwn(noOptions, name)) {
      throw badValue(`one of ${Object.keys(noOptions).join(', ')}`, `--watch ${folder}`, name);
    }
    const isNumber = numbers.has(name);
    if (value === '' || (isNumber && !Number.isFinite(Number(value)))) {
      throw badValue(isNumber ? 'a number' : 'a word', `${name} of --watch ${folder}`, value);
    }
    options[name] = isNumber
      ? Number(value)
      : name === 'folder'
        ? path.resolve(value)
        : lists.has(name)
          ? value.replaceAll('+', ',')
          : value;
  }
  checkWords(options as JobOptions);
  return { folder: path.resolve(folder), options: options as JobOptions };
}

/**
 * Watches a folder and those below it, and adds each clip to the queue once it has stopped growing,
 * also those that are there already. A clip that was queued since it last changed is not queued
 * again. `say` gets a sentence for each clip that was added and for each error. `waitMs` replaces
 * `stillMs`.
 */
export function watchFolder(
  { folder, options }: Watched,
  queue: Queue,
  say: (words: string) => void,
  waitMs = stillMs,
): AsyncDisposable {
  const watcher = watch(folder, {
    awaitWriteFinish: { stabilityThreshold: waitMs, pollInterval: Math.min(500, waitMs) },
    ignored: (file) => /\.vsr-work$|[/\\]\.[^/\\]*$/.test(file),
    followSymlinks: false,
  });
  const consider = async (file: string): Promise<void> => {
    if (!isWanted(file)) return;
    const { mtimeMs } = await stat(file);
    const isKnown = queue.jobs.some(
      (job) => job.input === file && Date.parse(job.added) >= mtimeMs,
    );
    if (isKnown) return;
    if (queue.add([file], options).length > 0) say(`${file} was added to the queue.`);
  };
  const onFile = (file: string): void => {
    // It was removed meanwhile, or cannot be read: its next change is looked at again.
    consider(file).catch((error: unknown) => say(`${file}: ${messageOf(error)}`));
  };
  watcher.on('add', onFile);
  watcher.on('change', onFile);
  watcher.on('error', (error) => say(`Watching ${folder}: ${messageOf(error)}`));
  return { [Symbol.asyncDispose]: () => watcher.close() };
}
