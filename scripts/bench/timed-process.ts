import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { messageOf } from '../../src/errors.js';

/** The resources that a process took. */
export type Cost = {
  readonly wallSeconds: number;
  /** User and system time of the process and the children it waited for. */
  readonly cpuSeconds: number;
  /** Largest resident size of the process itself, in MB; `null` off Linux. */
  readonly peakMb: number | null;
  readonly stdout: string;
};

async function residentMb(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
  } catch {
    return null;
  }
}

async function childOf(pid: number): Promise<number | null> {
  try {
    for (const task of await readdir(`/proc/${pid}/task`)) {
      const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8');
      const first = Number(children.trim().split(' ')[0]);
      if (first > 0) return first;
    }
  } catch {
    // Off Linux, or over already.
  }
  return null;
}

/** Runs a command to its end and returns its cost; rejects with its last lines if it fails. */
export async function timed(command: string, args: readonly string[]): Promise<Cost> {
  const begun = performance.now();
  // The shell's own `times` counts the children of children too.
  const shell = spawn(
    'bash',
    ['-c', '"$0" "$@"; code=$?; times >&2; exit $code', command, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [stdout, stderr] = ['', ''];
  shell.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-20000)));
  let peak: number | null = null;
  const poll = setInterval(() => {
    void (async () => {
      const child = await childOf(shell.pid ?? 0);
      const now = child === null ? null : await residentMb(child);
      if (now !== null && !Number.isNaN(now)) peak = Math.max(peak ?? 0, now);
    })();
  }, 50);
  const code = await new Promise<number | null>((resolve) => shell.on('close', resolve));
  clearInterval(poll);
  const wallSeconds = (performance.now() - begun) / 1000;
  const lines = stderr.trimEnd().split('\n');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}\n${lines.slice(-12).join('\n')}`);
  const [user, system] = (lines.at(-1) ?? '').trim().split(/\s+/).map(secondsOf);
  return { wallSeconds, cpuSeconds: (user ?? NaN) + (system ?? NaN), peakMb: peak, stdout };
}

/** The most telling line of what a failed command printed. */
export function reasonOf(error: unknown): string {
  const said = messageOf(error).trim().split('\n');
  return said.find((line) => /error:/i.test(line)) ?? said.at(-1)!;
}

function secondsOf(text: string): number {
  const [, minutes, seconds] = /(\d+)m([\d.]+)s/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/**
 * The run with the median CPU time: with other work on the machine, CPU time varies the least.
 */
export async function medianOf(runs: number, run: () => Promise<Cost>): Promise<Cost> {
  const costs: Cost[] = [];
  for (let i = 0; i < runs; i++) costs.push(await run());
  return costs.sort((a, b) => a.cpuSeconds - b.cpuSeconds)[runs >> 1]!;
}
