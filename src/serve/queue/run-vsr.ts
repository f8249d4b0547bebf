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
  /**
   * Whether it ended because `stop` was called, perhaps so early that it did not handle the signal
   * yet.
   */
  readonly isStopped: boolean;
};

/** A running command line. */
export type VsrRun = {
  /** Resolves when the process has ended and all its events were handed on. */
  readonly ended: Promise<VsrEnd>;
  /** Interrupts it (SIGINT): finished segments are kept. */
  stop(): void;
};

/** How a command line is run. */
export type RunOptions = {
  /** The file to which its output is appended; without one the output is dropped. */
  readonly log?: string | null;
  /** Whether it runs at low priority. */
  readonly polite?: boolean;
  /** Added to its environment, which other users cannot see in a list of processes. */
  readonly secrets?: Readonly<Record<string, string>>;
};

/** Loaded into the process before vsr; ends that process when this one has ended. */
const endWithParent = new URL('./end-with-parent.js', import.meta.url);

/**
 * Runs the command line in another process, so that its crash cannot end the queue. `tell` gets its
 * events; it is `null` for a command that has none.
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
      // In a process group of its own: a terminal's Ctrl-C goes to the queue only, which stops it.
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

/** The exit code, `null` after a signal, once all events were handed on. */
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
        continue; // A line that was cut off when the process was killed.
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
