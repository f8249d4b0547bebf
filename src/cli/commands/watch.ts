import { Command } from 'commander';
import { badValue, VsrError } from '../../errors.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { Folders } from '../../serve/folders.js';
import { openOwnQueue } from '../../serve/open-queue.js';
import { noOptions } from '../../serve/queue/job.js';
import { defaultQueueFolder } from '../../serve/queue/queue-store.js';
import type { Queue } from '../../serve/queue/queue.js';
import { workByCommand } from '../../serve/queue/job-run.js';
import { watchFolder } from '../../serve/watch.js';
import { say } from '../display/say.js';
import { interruption } from '../process/interruption.js';
import { presetsOf } from '../upscale/config-presets.js';
import { configCall, untilAborted, watchedBy } from './serve.js';

const examples = `
Examples:
  vsr watch inbox                          clips that arrive become twice as large, beside themselves
  vsr watch inbox=scale=4,folder=out       four times, into out
  vsr watch tapes=to=1080p films=codec=hevc

Options of a folder: ${Object.keys(noOptions).join(', ')}, with the meaning they have in vsr upscale;
folder is where the outputs go. Several languages have a plus between them (audio=jpn+eng). A file counts
as complete once it has not grown for five seconds. Ctrl-C stops; queued clips go on at the next start.`;

/** The command `vsr watch`. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('Enlarges clips that come into folders, until it is stopped.')
    .argument('<folders...>', 'folders, each with =options or without')
    .option('--queue-folder <folder>', 'folder in which the queue is kept')
    .option('--config <file>', 'configuration of vsr upscale, whose presets use= names')
    .addHelpText('after', examples)
    .action(watchFolders);
}

async function watchFolders(
  words: string[],
  flags: { queueFolder?: string; config?: string },
): Promise<void> {
  const presets = presetsOf(flags.config);
  const watched = watchedBy(words, presets);
  if (new Set(watched.map(({ folder }) => folder)).size < watched.length) {
    throw badValue('each folder once', 'the folders', words.join(' '));
  }
  await Folders.open(watched.map(({ folder }) => folder));
  const stop = interruption();
  // Where ffmpeg does not work, this fails now, not in the first job.
  await locateFfmpeg();
  await using own = await openOwnQueue(
    flags.queueFolder ?? defaultQueueFolder(),
    workByCommand(configCall(presets)),
  );
  tellOf(own.queue);
  const watchers = watched.map((each) => watchFolder(each, own.queue, say));
  try {
    await untilAborted(AbortSignal.any([stop, own.lost]));
  } finally {
    for (const watcher of watchers) await watcher[Symbol.asyncDispose]();
  }
  if (own.lost.aborted) throw own.lost.reason;
  throw new VsrError(
    'interrupted',
    'Interrupted. The queue is kept: start vsr watch again to go on.',
  );
}

/** Prints a line when a job begins, is done or fails. */
function tellOf(queue: Queue): void {
  const states = new Map<string, string>();
  queue.listen((change) => {
    if (change.kind !== 'job' || change.job === null) return;
    const { id, state, input, output, error } = change.job;
    if (states.get(id) === state) return;
    states.set(id, state);
    if (state === 'done') say(`${input}: done: ${output}`);
    if (state === 'failed') say(`${input}: failed: ${error}`);
    if (state === 'running') say(`${input}: begun`);
  });
}
