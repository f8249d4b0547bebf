import { spawn } from 'node:child_process';

/** How a program ended, and all that it printed. */
export type Ended = {
  /** Exit code; -1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was interrupted because it took too long. */
  readonly timedOut: boolean;
};

/**
 * Runs a program to its end; after `limitMs` it is interrupted (SIGINT). Rejects only where it
 * cannot be started.
 */
export function runProgram(
  file: string,
  args: readonly string[],
  limitMs = 600_000,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    }
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGINT');
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, ...texts, timedOut });
    });
  });
}
