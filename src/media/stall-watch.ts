import { readFileSync } from 'node:fs';

/** What a process and those it started have done so far, as a text that changes when they do anything; `null` where it cannot be seen. */
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
 * Calls `onStall` once the process `pid` has used no processor and moved no byte for `limitMs`: a long
 * copy that prints nothing is no stall, a process that waits for ever is. Only for processes whose
 * output is always read. Returns what ends the watch. Without Linux's /proc it watches nothing.
 */
export function watchWork(pid: number, limitMs: number, onStall: () => void): () => void {
  let work = workOf(pid);
  if (work === null) return () => {};
  let since = performance.now();
  const timer = setInterval(
    () => {
      const now = workOf(pid);
      if (now === null || now !== work) {
        work = now;
        since = performance.now();
      } else if (performance.now() - since >= limitMs) {
        clearInterval(timer);
        onStall();
      }
    },
    Math.min(1000, limitMs / 4),
  );
  return () => clearInterval(timer);
}

/**
 * Calls `onStall` once `stream` has waited for bytes for `limitMs`; time that its consumer takes does not
 * count. Returns what ends the watch.
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
