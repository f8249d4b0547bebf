import { stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';

/** Facts of what a name leads to, links followed; `null` where there is nothing. */
async function statsOf(name: string): Promise<Stats | null> {
  return stat(name).catch(() => null);
}

/** Whether a name leads to anything, links followed. */
export async function exists(name: string): Promise<boolean> {
  return (await statsOf(name)) !== null;
}

/** Whether a name leads to a plain file. */
export async function isFile(name: string): Promise<boolean> {
  return (await statsOf(name))?.isFile() === true;
}

/** Whether a name leads to a folder. */
export async function isFolder(name: string): Promise<boolean> {
  return (await statsOf(name))?.isDirectory() === true;
}
