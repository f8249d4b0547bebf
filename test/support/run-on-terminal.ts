import { spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { vsrProgram } from './run-vsr.js';

/** Why nothing can be run on a terminal here; `false` where it can. */
export const noTerminal =
  spawnSync('script', ['--version']).status === 0
    ? false
    : 'script(1) of util-linux, which makes pseudo-terminals, is not installed';

/** How a run on a terminal ended. */
export type TerminalRun = {
  /** All that was written to the terminal, escape sequences included. */
  readonly text: string;
  readonly code: number | null;
};

/** A word quoted for a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Runs the command line on a pseudo-terminal of 80 columns and awaits its end. `watch` is called
 * with all output so far whenever more comes, and may press keys (`\x03` is Ctrl-C).
 */
export function runOnTerminal(
  args: readonly string[],
  watch: (text: string, press: (keys: string) => void) => void = () => {},
): Promise<TerminalRun> {
  const words = [process.execPath, vsrProgram, ...args].map(quoted).join(' ');
  const child = spawn('script', ['-qefc', `stty cols 80 rows 24; exec ${words}`, '/dev/null'], {
    env: { ...process.env, SHELL: '/bin/sh' },
  });
  let text = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      watch(text, (keys) => child.stdin.write(keys));
    });
    child.once('close', (code) => resolve({ text, code }));
  });
}

/**
 * All lines that a terminal was sent, without escape sequences; those that were erased later are
 * among them.
 */
export function linesOf(text: string): string[] {
  return stripVTControlCharacters(text).split(/\r?\n/);
}
