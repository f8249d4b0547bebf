import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../src/package-root.js';

const run = promisify(execFile);

/** Runs vsr and returns what it printed. */
export async function vsr(...args: string[]): Promise<string> {
  const program = [path.join(packageRoot(), 'bin', 'vsr.js'), ...args];
  return (await run(process.execPath, program, { maxBuffer: 1 << 28 })).stdout;
}

/** The value of `--key=value` on the script's command line. */
export function option(key: string): string | undefined {
  return process.argv.find((word) => word.startsWith(`--${key}=`))?.slice(key.length + 3);
}

/** Figures of one picture or clip, by method; the measured model is the first. */
export type Outcome<Figures> = {
  readonly clip: string;
  readonly summary: { readonly figures: Readonly<Record<string, Figures>> };
};

/** What `vsr evaluate` with these options says of each place. */
export async function evaluated<Figures>(...args: string[]): Promise<readonly Outcome<Figures>[]> {
  const text = await vsr('evaluate', ...args, '--json');
  return (JSON.parse(text) as { readonly outcomes: readonly Outcome<Figures>[] }).outcomes;
}

/** Prints a table of Markdown; numbers with two digits after the point. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell)).join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  console.log(`\n${[head, rule, ...rows].map(line).join('\n')}`);
}
