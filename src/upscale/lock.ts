import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { VsrError, messageOf } from '../errors.js';

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

/** Moves a dead holder's lock away; puts back what another process put there in the meantime. */
async function removeStale(file: string, dead: Holder | undefined): Promise<void> {
  const aside = `${file}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (JSON.stringify(moved) !== JSON.stringify(dead)) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

/** Locks that this process holds: two jobs of one process share a pid. */
const held = new Set<string>();

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
  // Written whole under a name of its own, then linked: a lock is never seen half written.
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, JSON.stringify(mine)).catch(async (cause: unknown) => {
    await rm(draft, { force: true });
    throw new VsrError('disk', `Cannot write the lock ${file}: ${messageOf(cause)}.`, { cause });
  });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await link(draft, file);
        held.add(file);
        return {
          async [Symbol.asyncDispose]() {
            held.delete(file);
            // With the folder the lock may have gone, and another process have put its own there.
            const holder = await readHolder(file);
            if (holder?.pid === mine.pid && holder.host === mine.host) {
              await rm(file, { force: true });
            }
          },
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readHolder(file);
      const own = holder?.pid === process.pid && holder.host === mine.host;
      if (holder !== undefined && (own ? held.has(file) : isAlive(holder))) {
        const where = holder.host === mine.host ? '' : ` on ${holder.host}`;
        throw new VsrError(
          'busy',
          `${output} is being made by process ${holder.pid}${where} since ${holder.since}. ` +
            `Wait for it, or remove ${file} if that process is gone.`,
        );
      }
      await removeStale(file, holder);
    }
    throw new VsrError('busy', `Another process keeps taking the lock ${file}. Try again.`);
  } finally {
    await rm(draft, { force: true });
  }
}
