import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { VsrError, messageOf } from '../errors.js';
import { Field } from './json-field.js';
import { ownerOf, stateOf, thisProcess, type Owner } from './owner.js';

/** Milliseconds between a holder's signs of life. */
const HEARTBEAT_MS = 5_000;

/**
 * Milliseconds without a sign of life after which a lease has expired, where its holder cannot be
 * looked up.
 */
export const LEASE_MS = 60_000;

/**
 * A right that one process has at a time: a file with its holder's name, which the holder renews
 * while it lives. Disposing releases it.
 */
export interface Lease extends AsyncDisposable {
  /**
   * Fires, with a `VsrError('busy')` as its reason, when another process has taken over the lease,
   * as it may after the computer slept: from then on nothing may be written under it.
   */
  readonly lost: AbortSignal;
}

/** Who holds a lease, as its file says. */
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
 * Milliseconds since `file` was last written, by the clock of its file system: `draft` was written
 * just now.
 */
async function ageOf(file: string, draft: string): Promise<number> {
  const [lock, now] = await Promise.all([stat(file), stat(draft)]).catch(() => [null, null]);
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
 * The file of a lease that this process holds, kept open: what is written to it never reaches the
 * file of a later holder.
 */
type Taken = { readonly handle: FileHandle; readonly id: string; readonly text: string };

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
 * Replaces an expired lease by one of this process. Whoever does so first takes a second lease,
 * named after the expired one, and checks again: so of many processes that saw it expired, only one
 * replaces it.
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
      // A holder that is just writing its name gets a moment.
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
 * Renews a lease; whether this process still holds it. If its file was removed, it is made again.
 */
async function renew(file: string, taken: Taken): Promise<boolean> {
  const found = await readText(file);
  if (found === undefined) {
    const handle = await makeNew(file, taken.text).catch(() => undefined);
    // If the folder is gone, the job finds that out by itself.
    await handle?.close();
    return handle !== null;
  }
  if (holderOf(found)?.id !== taken.id) return false;
  await taken.handle.write(taken.text, 0).catch(() => {}); // A full disk does not end a lease.
  return true;
}

/**
 * Takes the lease that `file` stands for, to make `what`. Throws `VsrError('busy')` that names the
 * holder. A lease has expired when its holder can be looked up here and is gone. A holder in
 * another container or on another machine cannot be looked up: its lease has expired when it gave
 * no sign of life for `overAfterMs`.
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
