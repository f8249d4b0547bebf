import assert from 'node:assert/strict';
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../../src/package-root.js';

/** The program, as Node runs it; for tests in which something else starts it. */
export const vsrProgram = path.join(packageRoot(), 'bin', 'vsr.js');

/** How a run of the command line ended; `code` is `null` after a signal. */
export type VsrRun = {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
};

/** Where and how the command line is run. */
export type Surroundings = {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** A module's text that each of its threads runs first. */
  readonly preload?: string;
  /** A program that starts it, followed by that program's own arguments. */
  readonly by?: readonly string[];
  /** Pipes to and from this process unless something else is given. */
  readonly stdio?: StdioOptions;
};

/** A running command line. */
export type Vsr = {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has written so far to stdout and stderr, in the order in which it came. */
  readonly said: () => string;
  /** What it has written to stderr so far. */
  readonly stderr: () => string;
  /** Waits until it writes something; fails when it ends before, or after two minutes. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Settles when it has ended. */
  readonly done: Promise<VsrRun>;
};

/** Starts the command line as a user does. */
export function startVsr(args: readonly string[], around: Surroundings = {}): Vsr {
  const { preload, by = [] } = around;
  const first =
    preload === undefined
      ? []
      : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const [program, ...words] = [...by, process.execPath, ...first, vsrProgram, ...args];
  const child = spawn(program!, words, {
    stdio: around.stdio ?? 'pipe',
    env: { ...process.env, ...around.env },
    ...(around.cwd === undefined ? {} : { cwd: around.cwd }),
  });
  const said: { readonly from: 'stdout' | 'stderr'; readonly bytes: Buffer }[] = [];
  for (const from of ['stdout', 'stderr'] as const) {
    child[from]?.on('data', (bytes: Buffer) => said.push({ from, bytes }));
  }
  const text = (wanted?: 'stdout' | 'stderr'): string =>
    Buffer.concat(
      said.filter(({ from }) => (wanted ?? from) === from).map(({ bytes }) => bytes),
    ).toString();
  const done = new Promise<VsrRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ stdout: text('stdout'), stderr: text('stderr'), code });
    });
  });
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let i = 0; i < 6000; i++) {
      const match = pattern.exec(text());
      if (match !== null) return match;
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      assert.ok(!hasEnded, `it ended without saying ${String(pattern)}: ${text()}`);
      await delay(20);
    }
    throw new Error(`it never said ${String(pattern)}: ${text()}`);
  };
  return { child, pid: child.pid!, said: text, stderr: () => text('stderr'), until, done };
}

/** Runs the command line to its end; never rejects for an exit code. */
export function runVsr(...args: string[]): Promise<VsrRun> {
  return startVsr(args).done;
}
