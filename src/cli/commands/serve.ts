import { Command } from 'commander';
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import { Folders } from '../../serve/folders.js';
import { openOwnQueue } from '../../serve/open-queue.js';
import type { Presets } from '../../serve/presets.js';
import { Previews } from '../../serve/previews.js';
import { workByCommand } from '../../serve/queue/job-run.js';
import { defaultQueueFolder } from '../../serve/queue/queue-store.js';
import { TrackLooker } from '../../serve/track-offers.js';
import { parseWatched, type Watched, watchFolder } from '../../serve/watch.js';
import { checkHost, isLoopback, newToken } from '../../serve/web/guard.js';
import { pageServer } from '../../serve/web/server.js';
import { say } from '../display/say.js';
import { interruption } from '../process/interruption.js';
import { collected, withQueueOptions } from '../queue/queue-flags.js';
import { serveQueueOf, type ServeQueueFlags, usualJobs } from '../queue/serve-queue.js';
import { presetsOf } from '../upscale/config-presets.js';
import { wholeNumber } from '../display/numbers.js';

const examples = `
Examples:
  vsr serve tapes/                          a page on http://127.0.0.1:8321 to work from
  vsr serve tapes/ /mnt/films --open        opens the browser, too
  vsr serve out/ --watch inbox=scale=4      clips that come into inbox are enlarged
  vsr serve tapes/ --host 0.0.0.0 --token   for other machines; the address with its token is printed
  vsr serve --queue redis://nas:6379 --root media=/mnt/media
                                            the machines of a queue do the work

With --queue the page also shows the queue's workers and the clips that others submitted. See docs/serve.md.

The queue is kept in plain files and survives a restart. Other web sites cannot use the page, and the page
cannot reach other folders than those named.`;

type Flags = ServeQueueFlags & {
  port: number;
  host: string;
  token?: true;
  open?: true;
  watch?: string[];
  queueFolder?: string;
  config?: string;
};

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** The command `vsr serve`. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Serves a page to work from: browse clips, choose settings, queue, pause, watch the progress.',
    )
    .argument(
      '[folders...]',
      'folders that the page may see (default: the current one; with --queue, the roots)',
    )
    .option('--port <n>', 'port; 0 takes a free one', wholeNumber(0), 8321)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--token', 'require a token, which is printed with the address')
    .option('--open', 'open the page in the browser')
    .option(
      '--watch <folder[=options]>',
      'enlarge clips that come into a folder (repeatable)',
      collect,
    )
    .option('--queue-folder <folder>', 'folder in which the page’s own queue is kept')
    .option('--config <file>', 'configuration of vsr upscale whose presets the page offers');
  return withQueueOptions(command, 'let the workers of this queue do the work: redis://host:port')
    .option(
      '--root <name=folder>',
      'a folder that the machines share, and its name on all of them (repeatable)',
      collected,
    )
    .option(
      '--jobs <n>',
      `with --queue, clips of the page in the queue at a time (default: ${usualJobs})`,
      wholeNumber(1),
    )
    .addHelpText('after', examples)
    .action(serve);
}

async function serve(named: string[], flags: Flags): Promise<void> {
  const { host, port } = flags;
  const token = flags.token === true ? newToken() : null;
  checkHost(host, token);
  const presets = presetsOf(flags.config);
  const watched = watchedBy(flags.watch ?? [], presets);
  const advice =
    flags.queue === undefined
      ? 'The queue is kept: start vsr serve again to go on.'
      : 'The page’s queue is kept, and the machines go on with the clips that they have: start vsr serve again to follow them.';
  const stop = interruption(() => advice);
  const far = await serveQueueOf(flags);
  await using machines = far?.machines ?? null;
  const seen = named.length === 0 ? (far?.roots.folders ?? ['.']) : named;
  const folders = await Folders.open([...seen, ...watched.map(({ folder }) => folder)]);
  for (const { folder } of watched) await machines?.checkFolder(folder);
  // Where ffmpeg does not work, this fails now, not in the first job.
  const tracks = new TrackLooker(await locateFfmpeg());
  const work = workByCommand(configCall(presets), far?.far ?? null);
  const ways = { atOnce: far?.atOnce ?? 1, isHeld: machines !== null };
  await using own = await openOwnQueue(flags.queueFolder ?? defaultQueueFolder(), work, ways);
  const { queue, store, lost } = own;
  machines?.follow(queue);
  const previews = new Previews(path.join(store.folder, 'previews'));
  const parts = { folders, queue, store, work, previews, presets, tracks, machines, token };
  const server = pageServer(parts);
  try {
    await server.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new VsrError('option', `Port ${port} of ${host} is taken. Try --port 0.`, { cause });
  }
  const bound = server.server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  const address = `http://${shown}:${bound.port}/${token === null ? '' : `?token=${token}`}`;
  say(`vsr serves ${address}`);
  if (machines !== null && machines.view.problem !== null) say(machines.view.problem);
  if (!isLoopback(host))
    say('Others on this network can reach it; what they send is not encrypted.');
  if (flags.open === true) openInBrowser(address);
  const watchers = watched.map((each) => watchFolder(each, queue, say));
  try {
    await untilAborted(AbortSignal.any([stop, lost]));
  } finally {
    for (const watcher of watchers) await watcher[Symbol.asyncDispose]();
    server.server.closeAllConnections();
    await server.close();
  }
  if (lost.aborted) throw lost.reason;
  throw new VsrError('interrupted', `Interrupted. ${advice}`);
}

/**
 * The folders to watch. Throws VsrError `option` for options that a job cannot have, and for a
 * configuration that cannot be used.
 */
export function watchedBy(words: readonly string[], presets: Presets): Watched[] {
  const watched = words.map(parseWatched);
  for (const use of new Set([null, ...watched.map(({ options }) => options.use)])) {
    presets.setBy(use);
  }
  return watched;
}

/** The arguments by which each job reads the same configuration as this process. */
export function configCall({ named }: Presets): string[] {
  return named === null ? [] : [`--config=${named}`];
}

/** Resolves once `signal` fires. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function openInBrowser(address: string): void {
  const [program, ...words] =
    process.platform === 'win32'
      ? ['explorer', address]
      : process.platform === 'darwin'
        ? ['open', address]
        : ['xdg-open', address];
  const child = spawn(program, words, { stdio: 'ignore', detached: true });
  child.once('error', () => say(`No browser could be opened. The page is at ${address}`));
  child.unref();
}
