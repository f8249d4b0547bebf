import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startVsr, type Surroundings, type Vsr } from '../support/run-vsr.js';

/** Whether every fault is tried in full, as `npm run test:faults` asks, or in the short form. */
export const isWhole = process.env['VSR_FAULTS'] === 'whole';

/** The only fault tests' skip reason elsewhere: they look into /proc and send signals. */
export const skip = process.platform === 'linux' ? false : 'looks into /proc, which Linux has';

/** Starts `vsr upscale` as a user does. */
export function startUpscale(args: readonly string[], around: Surroundings = {}): Vsr {
  return startVsr(['upscale', ...args], around);
}

/** A process that `pid` has started, with its command line. */
export type Started = { readonly pid: number; readonly words: string };

function wordsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The processes that `pid` has started and that run. */
export function startedBy(pid: number): Started[] {
  const found: Started[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parent) !== pid || state === 'Z') continue;
      found.push({ pid: Number(name), words: wordsOf(Number(name)) });
    } catch {
      // Gone in the meantime.
    }
  }
  return found;
}

/** Waits until `found` gives something, at most a minute; `null` once the process has ended. */
export async function until<T>(vsr: Vsr, found: () => T | undefined | false): Promise<T | null> {
  for (let i = 0; i < 12_000; i++) {
    const result = found();
    if (result !== undefined && result !== false) return result;
    if (vsr.child.exitCode !== null || vsr.child.signalCode !== null) return null;
    await delay(5);
  }
  throw new Error('nothing of what was waited for has come in a minute');
}

/** Numbers of the segments that are done. */
export function segmentsDone(output: string): string[] {
  const work = `${output}.vsr-work`;
  return existsSync(work) ? readdirSync(work).filter((name) => /^seg-\d+\.json$/.test(name)) : [];
}

/** State of a process as `/proc` names it, such as `S` or `T` (stopped); `undefined` once gone. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

/**
 * Lets vsr stop itself whenever a first segment is done and a process whose command line holds
 * `sign` runs, until the file `enough` exists.
 */
const stopsItself = (output: string, sign: string, enough: string): string => `
  import { existsSync, readdirSync, readFileSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  const read = (file) => {
    try {
      return readFileSync('/proc/' + file, 'utf8');
    } catch {
      return '';
    }
  };
  const runs = () =>
    readdirSync('/proc/self/task')
      .flatMap((task) => read('self/task/' + task + '/children').split(' '))
      .some((pid) => pid !== '' && read(pid + '/cmdline').replaceAll('\\0', ' ').includes(${JSON.stringify(sign)}));
  if (isMainThread) {
    const timer = setInterval(() => {
      if (existsSync(${JSON.stringify(enough)})) clearInterval(timer);
      else if (existsSync(${JSON.stringify(`${output}.vsr-work/seg-00000.json`)}) && runs())
        process.kill(process.pid, 'SIGSTOP');
    }, 20);
    timer.unref();
  }`;

/**
 * Starts `vsr upscale` and sends `signal` to a process of its own whose command line holds `sign`,
 * after a first segment is done. vsr stands still meanwhile, so that no process comes to its end
 * between being seen and being sent the signal, however slow this machine is.
 */
export async function startAndSignal(
  args: readonly string[],
  output: string,
  { sign, signal }: { readonly sign: string; readonly signal: 'SIGKILL' | 'SIGSTOP' },
): Promise<Vsr> {
  const enough = path.join(path.dirname(output), 'enough');
  const vsr = startUpscale(args, { preload: stopsItself(output, sign, enough) });
  for (;;) {
    const stands = await until(vsr, () => stateOf(vsr.pid) === 'T');
    assert.ok(stands, `vsr has ended before a process with ${sign} was seen: ${vsr.stderr()}`);
    const victim = startedBy(vsr.pid).find(({ words }) => words.includes(sign));
    // What had all it needed is gone after a while; what is still there waits for vsr.
    if (victim !== undefined) await delay(200);
    const isThere = victim !== undefined && (stateOf(victim.pid) ?? 'Z') !== 'Z';
    if (isThere) {
      writeFileSync(enough, '');
      process.kill(victim.pid, signal);
    }
    vsr.child.kill('SIGCONT');
    if (isThere) return vsr;
    await until(vsr, () => stateOf(vsr.pid) !== 'T');
  }
}

/** Processes anywhere whose command line names `folder`. */
export function strays(folder: string): Started[] {
  return readdirSync('/proc').flatMap((name) => {
    const words = /^\d+$/.test(name) && Number(name) !== process.pid ? wordsOf(Number(name)) : '';
    return words.includes(`${folder}/`) ? [{ pid: Number(name), words }] : [];
  });
}

/**
 * Waits, some seconds at most, for the processes of killed runs to notice, and returns those that
 * stay.
 */
export async function lastingStrays(folder: string): Promise<Started[]> {
  for (let i = 0; i < 200 && strays(folder).length > 0; i++) await delay(50);
  return strays(folder);
}
