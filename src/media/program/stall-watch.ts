import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * The work that a process and its children have done so far, as a text that changes when they do
 * anything; `null` where that cannot be read.
 */
function workOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // CPU time in user and kernel mode. Fields are counted from behind the program's name, which is
    // in brackets and may hold spaces.
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
 * The work of a process as far as `ps` shows it: the CPU time of all processes in its group, which
 * it must lead. For systems without /proc, such as macOS. `null` where there is no such group.
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
 * Calls `onStall` once the process `pid` has neither used CPU time nor read or written a byte for
 * `limitMs` milliseconds. So a long copy that prints nothing is no stall, but a process that waits
 * for ever is. Only for processes whose output is always read. Returns a function that ends the
 * watch. Without /proc only CPU time is watched; on Windows nothing is.
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
 * Calls `onStall` once `stream` has waited for bytes for `limitMs` milliseconds; time that its
 * consumer takes does not count. Returns a function that ends the watch.
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
