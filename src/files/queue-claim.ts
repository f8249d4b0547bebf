import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Field } from './json-field.js';
import { shellWord } from '../printable.js';

/** The file that marks a work folder as a queue's. */
const claimName = 'queue.json';

/** Larger files are not vsr's claims. */
const largestBytes = 1 << 20;

/**
 * A queue's claim on a work folder: the queue's machines work there together, and none of them
 * holds the folder's lock.
 */
export type QueueClaim = {
  /** The clip's name in the queue. */
  readonly id: string;
  /** Address of the queue, without its password. */
  readonly queue: string;
  /** ISO 8601. */
  readonly since: string;
  /** The clip was taken out of the queue; any job may go on with its finished segments. */
  readonly released: boolean;
  /** What the clip is to become: a `Wish`, which every machine of the queue checks itself. */
  readonly wish: unknown;
};

/** The claim on a folder; `null` where there is none that can be read. */
export async function readClaim(folder: string): Promise<QueueClaim | null> {
  const file = path.join(folder, claimName);
  const found = await stat(file).catch(() => null);
  if (found === null || found.size > largestBytes) return null;
  try {
    const top = new Field(JSON.parse(await readFile(file, 'utf8')), `the claim ${file}`);
    return {
      id: top.at('id').string(),
      queue: top.at('queue').string(),
      since: top.at('since').string(),
      released: top.at('released').boolean(),
      wish: top.at('wish').object(),
    };
  } catch {
    return null;
  }
}

/** The claim of a queue that works in a folder now; `null` where there is none. */
export async function activeClaim(folder: string): Promise<QueueClaim | null> {
  const claim = await readClaim(folder);
  return claim === null || claim.released ? null : claim;
}

/** Writes a claim, so that it appears whole or not at all. Throws the file system's errors. */
export async function writeClaim(folder: string, claim: QueueClaim): Promise<void> {
  const file = path.join(folder, claimName);
  // A random name, because processes on two machines may have the same number.
  const draft = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await writeFile(draft, JSON.stringify(claim, null, 1), { flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Tells the user how to end a claim, in two sentences. */
export function howToEnd({ id, queue }: QueueClaim, folder: string): string {
  return `Wait for it, or end it with: vsr queue cancel ${id} --queue ${shellWord(queue)}. If that queue is gone for good, remove ${path.join(folder, claimName)}.`;
}
