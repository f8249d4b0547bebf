import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import type { VsrEvent } from '../../events.js';
import { packageRoot } from '../../package-root.js';

/** How a run of the command line ended. */
export type VsrEnd = {
  readonly exitCode: number | null;
  /** It was asked to end and did, perhaps before it could take the request for one. */
  readonly isStopped: boolean;
};

/** A run of the command line that goes on. */
export type VsrRun = {
  /** Settles when the process has ended and all its events were told. */
  readonly ended: Promise<VsrEnd>;
  /** Asks it to end: what is finished is kept. */
  stop(): void;
};

/** What a run is given besides its words. */
export type RunOptions = {
  readonly log?: string | null;
  readonly polite?: boolean;
  readonly secrets?: Readonly<Record<string, string>>;
};

/** Loaded into the process before vsr: ends it when this one is gone. */
const endWithParent = new URL('./end-with-parent.js', import.meta.url);

/**
 * Runs the command line in a process of its own, so that nothing it does can take the queue along.
 * `tell` gets its events, and is `null` for a command that has none; what it prints goes to `log`,
 * or nowhere. `polite` leaves the processor to others; `secrets` join its environment, which no list
 * of processes shows to other users.
 */
export function runVsr(
  words: readonly string[],
  tell: ((event: VsrEvent) => void) | null,
  { log = null, polite = false, secrets = {} }: RunOptions = {},
): VsrRun {
  const bin = path.join(packageRoot(), 'bin', 'vsr.js');
  const output = log === null ? null : openSync(log, 'a', 0o600);
  const preload = `${endWithParent.href}${polite ? '?polite' : ''}`;
  const child = spawn(
    process.execPath,
    ['--import', preload, bin, ...words, ...(tell === null ? [] : ['--progress-fd', '3'])],
    {
      stdio: ['ignore', output ?? 'ignore', output ?? 'ignore', 'pipe', 'ipc'],
      // A group of its own: a terminal's Ctrl-C is the queue's to answer.
      detached: true,
      env: { ...process.env, ...secrets },
    },
  );
  if (output !== null) closeSync(output);
  let isAsked = false;
  return {
    ended: endOf(child, tell).then((exitCode) => {
      const isStopped = isAsked && (exitCode === null || exitCode === 130);
      return { exitCode, isStopped };
    }),
    stop: () => {
      isAsked = true;
      child.kill('SIGINT');
    },
  };
}

/** The exit code, `null` after a signal, once all events were told. */
async function endOf(
  child: ChildProcess,
  tell: ((event: VsrEvent) => void) | null,
): Promise<number | null> {
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const told = (async () => {
    for await (const line of lines) {
      try {
        tell?.(JSON.parse(line) as VsrEvent);
      } catch {
        continue; // Cut off by a kill.
      }
    }
  })();
  const exitCode = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code));
  });
  await told;
  return exitCode;
}
