import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { VsrError, messageOf } from '../errors.js';
import { Field } from './json-field.js';
import { ownerOf, stateOf, thisProcess, type Owner } from './owner.js';

/** Milliseconds from one sign of life of a lease's holder to the next. */
const HEARTBEAT_MS = 5_000;

/**
 * Milliseconds without a sign of life after which a lease has expired. It counts only where the
 * holder's process cannot be looked up from here.
 */
export const LEASE_MS = 60_000;

/**
 * A right that only one process has at a time. It is a file that names its holder, and that the
 * holder writes again while it lives. Disposing releases it.
 */
export interface Lease extends AsyncDisposable {
  /**
   * Fires, with a `VsrError('busy')` as its reason, when another process has taken over the lease,
   * which may happen after the computer slept. From then on this process must write nothing that
   * the lease protects.
   */
  readonly lost: AbortSignal;
}

/** The holder of a lease, as its file names it. */
type Holder = Owner & {
  /** Random, and different each time a lease is taken. */
  readonly id: string;
  /** ISO 8601. */
  readonly since: string;
};

function holderOf(text: string): Holder | undefined {
  try {
    const field = new Field(JSON.parse(text), 'the lock');
    return {
      ...ownerOf(field),
      id: field.at('id').maybe((id) => id.string()) ?? '',
      since: field.at('since').maybe((since) => since.string()) ?? 'an unknown time',
    };
  } catch {
    return undefined;
  }
}

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/**
 * Milliseconds since `file` was last written, by the clock of its file system: that clock's time is
 * read from `probe`, a file that was written just now.
 */
async function ageOf(file: string, probe: string): Promise<number> {
  const [lock, now] = await Promise.all([stat(file), stat(probe)]).catch(() => [null, null]);
  return lock === null || now === null ? 0 : now.mtimeMs - lock.mtimeMs;
}

function busy(what: string, file: string, holder: Holder | undefined, ageMs: number): VsrError {
  const by = holder === undefined ? 'another process' : `process ${holder.pid}`;
  const elsewhere = holder !== undefined && stateOf(holder) === 'unknown';
  const host = holder?.host === os.hostname() ? 'in another container' : `on ${holder?.host}`;
  const since = holder === undefined ? '' : ` since ${holder.since}`;
  const left = Math.max(1, Math.ceil((LEASE_MS - ageMs) / 1000));
  const advice = elsewhere
    ? `Wait for it. If it is gone, the lock can be taken over in ${left} s.`
    : `Wait for it, or remove ${file} if that process is gone.`;
  return new VsrError(
    'busy',
    `${what} is being made by ${by}${elsewhere ? ` ${host}` : ''}${since}. ${advice}`,
  );
}

/**
 * A lease that this process holds. Its file is kept open, so that what is written to it never
 * reaches the file of a later holder.
 */
type Taken = { handle: FileHandle; readonly id: string; readonly text: string };

/** Creates `file` with `text` in it; `null` where it exists. */
async function makeNew(file: string, text: string): Promise<FileHandle | null> {
  let handle: FileHandle;
  try {
    // Every file system can create a file exclusively; not every one has hard links.
    handle = await open(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  try {
    await handle.write(text, 0);
    return handle;
  } catch (error) {
    await handle.close();
    await rm(file, { force: true });
    throw error;
  }
}

/**
 * Replaces an expired lease, whose text is `found`, by one of this process; `null` where another
 * process was first. Several processes may have found it expired. To replace it, a process must
 * first take a second lease, which is named after the text of the expired one, and check that the
 * text is still the same: so only one of them replaces it.
 */
async function replaceOver(
  file: string,
  found: string | undefined,
  text: string,
): Promise<FileHandle | null> {
  const mark = createHash('sha256')
    .update(found ?? '')
    .digest('hex')
    .slice(0, 12);
  const right = await take(`${file}.${mark}`, file).catch((error: unknown) => {
    if (error instanceof VsrError && error.code === 'busy') return null;
    throw error;
  });
  if (right === null) return null;
  try {
    if ((await readText(file)) !== found) return null;
    const draft = `${file}.${randomUUID()}`;
    const handle = await makeNew(draft, text);
    if (handle === null) return null;
    await rename(draft, file).catch(async (error: unknown) => {
      await handle.close();
      await rm(draft, { force: true });
      throw error;
    });
    return handle;
  } finally {
    await right.handle.close();
    await rm(`${file}.${mark}`, { force: true });
  }
}

async function take(file: string, what: string, overAfterMs = LEASE_MS): Promise<Taken> {
  const id = randomUUID();
  const mine: Holder = { ...thisProcess(), id, since: new Date().toISOString() };
  const text = JSON.stringify(mine);
  const probe = `${file}.${randomUUID()}`;
  let damaged = 0;
  for (let attempt = 0; attempt < 20; attempt++) {
    const handle = await makeNew(file, text);
    if (handle !== null) return { handle, id, text };
    const found = await readText(file);
    const holder = found === undefined ? undefined : holderOf(found);
    const state = holder === undefined ? 'unknown' : stateOf(holder);
    if (state !== 'gone') {
      await (await makeNew(probe, ''))?.close();
      const age = await ageOf(file, probe).finally(() => rm(probe, { force: true }));
      const held = state === 'alive' || age < overAfterMs;
      // A file without a holder may be one that is just being written: it gets a moment.
      if (held && (holder !== undefined || ++damaged > 5)) throw busy(what, file, holder, age);
      if (held) {
        await sleep(20);
        continue;
      }
    }
    const replaced = await replaceOver(file, found, text);
    if (replaced !== null) return { handle: replaced, id, text };
    await sleep(20);
  }
  throw new VsrError('busy', `Another process keeps taking the lock ${file}. Try again.`);
}

/**
 * Renews a lease, and returns whether this process still holds it. If its file was removed, it is
 * made again.
 */
async function renew(file: string, taken: Taken): Promise<boolean> {
  const found = await readText(file);
  if (found === undefined) {
    // Where the folder is gone, nothing is said here: the job will find that out itself.
    const made = await makeNew(file, taken.text).catch(() => undefined);
    if (made === null) return false;
    if (made !== undefined) {
      await taken.handle.close();
      taken.handle = made;
    }
    return true;
  }
  if (holderOf(found)?.id !== taken.id) return false;
  await taken.handle.write(taken.text, 0).catch(() => {}); // A full disk does not end a lease.
  return true;
}

/**
 * Takes the lease whose file is `file`, to make `what`. Throws `VsrError('busy')`, which names the
 * holder, where another process has it, and `VsrError('disk')` where the file cannot be written.
 *
 * A lease has expired when its holder can be looked up from here and is gone. A holder in another
 * container or on another machine cannot be looked up: its lease has expired when it gave no sign
 * of life for `overAfterMs`.
 */
export async function takeLease(
  file: string,
  what: string,
  overAfterMs = LEASE_MS,
): Promise<Lease> {
  const taken = await take(file, what, overAfterMs).catch((cause: unknown) => {
    if (cause instanceof VsrError) throw cause;
    throw new VsrError('disk', `Cannot write the lock ${file}: ${messageOf(cause)}.`, { cause });
  });
  const lost = new AbortController();
  let renewing: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    if (lost.signal.aborted || (await renew(file, taken))) return;
    const why = `Another process has taken over the lock ${file} while this one gave no sign of life. What is done is kept; run the same command again.`;
    lost.abort(new VsrError('busy', why));
  };
  const timer = setInterval(() => {
    renewing = renewing.then(beat);
  }, HEARTBEAT_MS).unref();
  let over = false;
  return {
    lost: lost.signal,
    async [Symbol.asyncDispose]() {
      if (over) return;
      over = true;
      clearInterval(timer);
      await renewing;
      await taken.handle.close();
      // If the folder was removed, the lock may be gone, and another process may have put its own
      // there.
      const found = await readText(file);
      if (found !== undefined && holderOf(found)?.id === taken.id) await rm(file, { force: true });
    },
  };
}
