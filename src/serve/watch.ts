import { watch } from 'chokidar';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, messageOf } from '../errors.js';
import { isWanted } from '../upscale/plan/inputs.js';
import { checkWords, type JobOptions, noOptions } from './queue/job.js';
import type { Queue } from './queue/queue.js';

/** A folder that is watched, and what is done with the clips that come into it. */
export type Watched = { readonly folder: string; readonly options: JobOptions };

/** A file that has not grown for so long, in milliseconds, counts as complete. */
export const stillMs = 5000;

const numbers = new Set(['scale', 'crf']);

/** Tracks that are chosen by several words: the comma is taken, so they have a plus between them. */
const lists = new Set(['audio', 'subs']);

/**
 * What `folder` or `folder=scale=4,codec=hevc` asks for; a folder may have `=` in its name. Throws
 * VsrError `option` for an option that there is not, or a number that is none.
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
 * Adds the clips of a folder, and of those within it, to the queue once they have stopped growing:
 * those that are there, and those that come. One that was queued since it last changed is not
 * queued again. `say` is told what was added, and what went wrong with watching.
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
    if (queue.add([file], options).length > 0) say(`${file} has come and is queued.`);
  };
  const onFile = (file: string): void => {
    // Gone again, or not to be read: the next change brings it back.
    consider(file).catch((error: unknown) => say(`${file}: ${messageOf(error)}`));
  };
  watcher.on('add', onFile);
  watcher.on('change', onFile);
  watcher.on('error', (error) => say(`Watching ${folder}: ${messageOf(error)}`));
  return { [Symbol.asyncDispose]: () => watcher.close() };
}
