import { Command } from 'commander';
import { VsrError } from '../../errors.js';
import { metricsOf } from '../../queue/control/metrics.js';
import { overviewOf } from '../../queue/control/overview.js';
import {
  cancelClip,
  clipNamed,
  forgetClip,
  retryClip,
  setPaused,
  type Control,
} from '../../queue/control/steer.js';
import { QueueBook, type ClipEntry } from '../../queue/redis/book.js';
import { connectQueue } from '../../queue/redis/connection.js';
import { say } from '../display/say.js';
import { addFacts, isAnsweredInJson } from '../process/answer.js';
import { interruption } from '../process/interruption.js';
import { withJson } from '../process/program-options.js';
import { boardCommand } from './board.js';
import { addressOf, withQueueOptions, type QueueFlags } from './queue-flags.js';
import { clipLines, statusLines, workerLines } from './queue-lines.js';
import { watchClips } from './watch-clips.js';

const examples = `
Examples:
  export VSR_QUEUE=redis://nas:6379
  vsr queue status                      what is there, and how long it will take
  vsr queue watch 0f3c9a1b22d4          follow a clip to its end; Ctrl-C leaves it there
  vsr queue cancel 0f3c9a1b22d4         its finished segments are kept
  vsr queue retry 0f3c9a1b22d4
  vsr queue metrics > /var/lib/node_exporter/vsr.prom

See docs/many-machines.md.`;

/** A sub-command: what it says of itself, and what it does. */
type Part = {
  readonly about: string;
  /** It takes names of clips: one or more (`some`), or perhaps none (`any`). */
  readonly clips?: 'some' | 'any';
  readonly json?: true;
  readonly run: (control: Control, clips: readonly ClipEntry[]) => Promise<void>;
};

function print(lines: readonly string[]): void {
  if (!isAnsweredInJson()) process.stdout.write(`${lines.join('\n')}\n`);
}

/** Does something for each clip, and says so. */
function each(
  word: string,
  what: (control: Control, clip: ClipEntry) => Promise<void>,
): Part['run'] {
  return async (control, clips) => {
    for (const clip of clips) {
      await what(control, clip);
      say(`${clip.output}: ${word}.`);
    }
    addFacts({ clips: clips.map(({ id }) => ({ id, result: word })) });
  };
}

function pausing(paused: boolean): Part['run'] {
  return async (control) => {
    await setPaused(control, paused);
    addFacts({ paused });
    say(paused ? 'Paused: what is under way ends, nothing is begun.' : 'Workers go on.');
  };
}

const parts: Readonly<Record<string, Part>> = {
  status: {
    ...{
      about: 'list clips and workers, and how long the rest will take',
      clips: 'any',
      json: true,
    },
    async run({ connection, book }, clips) {
      const all = await overviewOf(connection, book);
      const wanted = new Set(clips.map(({ id }) => id));
      const shown = wanted.size === 0 ? all.clips : all.clips.filter(({ id }) => wanted.has(id));
      addFacts({ ...all, clips: shown });
      print(wanted.size === 0 ? statusLines(all) : clipLines(shown));
    },
  },
  watch: {
    ...{
      about: 'follow clips to their end; Ctrl-C leaves them in the queue',
      clips: 'some',
      json: true,
    },
    async run(control, clips) {
      const ends = await watchClips(control, clips, interruption());
      addFacts({ clips: ends });
      const left = ends.some(({ state }) => state === 'left');
      process.exitCode = left ? 130 : ends.every(({ state }) => state === 'done') ? 0 : 1;
    },
  },
  pause: {
    about: 'begin no more jobs; those under way are finished',
    json: true,
    run: pausing(true),
  },
  resume: { about: 'begin jobs again after a pause', json: true, run: pausing(false) },
  cancel: {
    ...{ about: 'take clips out of the queue; what is done is kept', clips: 'some', json: true },
    run: each('cancelled', cancelClip),
  },
  retry: {
    ...{
      about: 'put clips that failed or were cancelled into the queue again',
      clips: 'some',
      json: true,
    },
    run: each('in the queue again', retryClip),
  },
  remove: {
    ...{ about: 'forget clips that have ended', clips: 'some', json: true },
    run: each('forgotten', forgetClip),
  },
  workers: {
    ...{ about: 'list the workers and what they do', json: true },
    async run({ connection, book }) {
      const { workers } = await overviewOf(connection, book);
      addFacts({ workers });
      print(workerLines(workers));
    },
  },
  metrics: {
    about: 'print figures in the text format of Prometheus',
    async run({ connection, book }) {
      process.stdout.write(metricsOf(await overviewOf(connection, book)));
    },
  },
};

const sentence = (words: string): string => `${words[0]!.toUpperCase()}${words.slice(1)}.`;

/** The command `vsr queue`. */
export function queueCommand(): Command {
  const command = new Command('queue')
    .description('Shows and controls a queue of clips.')
    .addHelpText('after', examples);
  for (const [name, { about, clips, json: hasJson, run }] of Object.entries(parts)) {
    const part = withQueueOptions(new Command(name).summary(about).description(sentence(about)));
    if (clips === 'some') part.argument('<clips...>', 'their names in the queue');
    if (clips === 'any') part.argument('[clips...]', 'their names in the queue (default: all)');
    if (hasJson === true) withJson(part);
    part.action(async (...words: unknown[]) => {
      const flags = words[clips === undefined ? 0 : 1] as QueueFlags;
      const names = clips === undefined ? [] : (words[0] as string[]);
      await using connection = await connectQueue(addressOf(flags));
      const control = { connection, book: new QueueBook(connection.redis) };
      const entries: ClipEntry[] = [];
      for (const clip of names) entries.push(await clipNamed(control, clip));
      await run(control, entries).catch((error: unknown) => {
        if (/NOPERM/.test(String(error))) {
          throw new VsrError('queue', `The queue’s user may not do that: ${String(error)}.`);
        }
        throw error;
      });
    });
    command.addCommand(part);
  }
  return command.addCommand(boardCommand());
}
