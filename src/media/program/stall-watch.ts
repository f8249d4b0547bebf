import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What a process and those it started have done so far, as a text that changes when they do
 * anything; `null` where it cannot be seen.
 */
function workOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Time in user and kernel mode; the name in brackets may hold spaces, so count from its end.
    const times = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    const moved = readFileSync(`/proc/${pid}/io`, 'latin1').match(/^[rw]char: \d+/gm) ?? [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    const theirs = children === '' ? [] : children.split(' ').map((each) => workOf(Number(each)));
    return [pid, ...times, ...moved, ...theirs].join(' ');
  } catch {
    return null;
  }
}

/**
 * The same as far as `ps` tells: the processor time of the process and those of its group, so that
 * each process that was started must lead one. For systems without /proc, as macOS.
 */
export async function workByPs(pid: number): Promise<string | null> {
  const list = await new Promise<string>((resolve) => {
    execFile('ps', ['-A', '-o', 'pgid=,pid=,time='], { env: { LC_ALL: 'C' } }, (error, stdout) =>
      resolve(error === null ? stdout : ''),
    );
  });
  const own = list.split('\n').filter((line) => line.trim().split(/\s+/)[0] === String(pid));
  return own.length === 0 ? null : own.join('\n');
}

/**
 * Calls `onStall` once the process `pid` has used no processor and moved no byte for `limitMs`: a
 * long copy that prints nothing is no stall, a process that waits for ever is. Only for processes
 * whose output is always read. Returns what ends the watch. Without /proc only processor time is
 * watched, on Windows nothing.
 */
export function watchWork(pid: number, limitMs: number, onStall: () => void): () => void {
  if (process.platform === 'win32') return () => {};
  const look = workOf(pid) === null ? workByPs : (id: number) => Promise.resolve(workOf(id));
  let work: string | null = null;
  let since = performance.now();
  let looking = false;
  let over = false;
  const check = async (): Promise<void> => {
    const now = await look(pid);
    if (over) return;
    if (now === null || now !== work) {
      work = now;
      since = performance.now();
    } else if (performance.now() - since >= limitMs) {
      end();
      onStall();
    }
  };
  const timer = setInterval(
    () => {
      if (looking) return;
      looking = true;
      void check().finally(() => (looking = false));
    },
    Math.min(1000, limitMs / 4),
  );
  const end = (): void => {
    over = true;
    clearInterval(timer);
  };
  return end;
}

/**
 * Calls `onStall` once `stream` has waited for bytes for `limitMs`; time that its consumer takes
 * does not count. Returns what ends the watch.
 */
export function watchWaiting(
  stream: { readonly waitingSince: number | null },
  limitMs: number,
  onStall: () => void,
): () => void {
  const timer = setInterval(
    () => {
      const { waitingSince } = stream;
      if (waitingSince === null || performance.now() - waitingSince < limitMs) return;
      clearInterval(timer);
      onStall();
    },
    Math.min(1000, limitMs / 4),
  );
  return () => clearInterval(timer);
}
