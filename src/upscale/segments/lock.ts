import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { VsrError, messageOf } from '../../errors.js';

/** Who works on an output. */
type Holder = {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's own ticks: tells a reused pid from the holder. */
  readonly processStart: string | null;
  readonly since: string;
};

/** Start time of a process as Linux states it (field 22 of its stat file); `null` elsewhere. */
function processStart(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold spaces: count from its end.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== os.hostname()) return true; // Cannot be known from here.
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.processStart === null || processStart(holder.pid) === holder.processStart;
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>;
    if (typeof holder.pid !== 'number' || typeof holder.host !== 'string') return undefined;
    return {
      pid: holder.pid,
      host: holder.host,
      processStart: holder.processStart ?? null,
      since: holder.since ?? 'an unknown time',
    };
  } catch {
    return undefined;
  }
}

/** Locks that this process holds or tries for: its jobs share a pid, so the file alone cannot tell them apart. */
const claimed = new Set<string>();

function busy(output: string, file: string, holder: Holder): VsrError {
  const where = holder.host === os.hostname() ? '' : ` on ${holder.host}`;
  return new VsrError(
    'busy',
    `${output} is being made by process ${holder.pid}${where} since ${holder.since}. ` +
      `Wait for it, or remove ${file} if that process is gone.`,
  );
}

/** Writes `mine` whole under a name of its own, so that a lock is never seen half written. */
async function writeDraft(file: string, mine: Holder): Promise<string> {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, JSON.stringify(mine)).catch(async (cause: unknown) => {
    await rm(draft, { force: true });
    throw new VsrError('disk', `Cannot write the lock ${file}: ${messageOf(cause)}.`, { cause });
  });
  return draft;
}

/** Whether the lock file was free and now is ours. */
async function linkFree(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Puts `draft` in the place of a dead holder's lock. Whoever does so holds a second lock, named after
 * what the dead one left, and looks again first: so of many that saw it dead only one replaces it.
 */
async function replaceDead(
  draft: string,
  file: string,
  dead: Holder | undefined,
): Promise<boolean> {
  const mark = createHash('sha256')
    .update(JSON.stringify(dead ?? null))
    .digest('hex')
    .slice(0, 12);
  let right: AsyncDisposable;
  try {
    right = await takeLock(`${file}.${mark}`, file);
  } catch (error) {
    if (error instanceof VsrError && error.code === 'busy') return false;
    throw error;
  }
  try {
    const now = await readHolder(file);
    if (JSON.stringify(now) !== JSON.stringify(dead)) return false;
    await rename(draft, file);
    return true;
  } finally {
    await right[Symbol.asyncDispose]();
  }
}

/**
 * Takes the lock file for this process, or throws VsrError `busy` naming who holds it. The lock of
 * a process that is no longer there is taken over. Disposing gives it back.
 */
export async function takeLock(file: string, output: string): Promise<AsyncDisposable> {
  const mine: Holder = {
    pid: process.pid,
    host: os.hostname(),
    processStart: processStart(process.pid),
    since: new Date().toISOString(),
  };
  if (claimed.has(file)) throw busy(output, file, mine);
  claimed.add(file);
  let draft: string | undefined;
  try {
    draft = await writeDraft(file, mine);
    for (let attempt = 0; attempt < 20; attempt++) {
      if (await linkFree(draft, file)) return lockOf(file, mine);
      const holder = await readHolder(file);
      // Our own pid in it is a dead process of the same number: this one has not taken it yet.
      const own = holder?.pid === mine.pid && holder.host === mine.host;
      if (holder !== undefined && !own && isAlive(holder)) throw busy(output, file, holder);
      if (await replaceDead(draft, file, holder)) return lockOf(file, mine);
      await sleep(20);
    }
    throw new VsrError('busy', `Another process keeps taking the lock ${file}. Try again.`);
  } catch (error) {
    claimed.delete(file);
    throw error;
  } finally {
    if (draft !== undefined) await rm(draft, { force: true });
  }
}

function lockOf(file: string, mine: Holder): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      // With the folder the lock may have gone, and another process have put its own there.
      const holder = await readHolder(file);
      if (holder?.pid === mine.pid && holder.host === mine.host) await rm(file, { force: true });
      claimed.delete(file);
    },
  };
}
