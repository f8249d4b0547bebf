import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** `name` with upper and lower case swapped. */
function swapCase(name: string): string {
  return name.replace(/\p{L}/gu, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

/** Device and inode of the file (links followed); `null` where there is none. */
export async function fileKey(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  if (found === null) return null;
  // Some network mounts have no inode numbers: there the real path is used.
  return found.ino === 0n ? realpath(file) : `${found.dev}:${found.ino}`;
}

/** Whether the file system of an existing `folder` ignores case in names. */
async function ignoresCase(folder: string): Promise<boolean> {
  const { dir, base } = path.parse(folder);
  const other = swapCase(base);
  if (other === base) return dir === folder ? false : ignoresCase(dir);
  return (await fileKey(path.join(dir, other))) === (await fileKey(folder));
}

/**
 * The same text for every name of one place, whether or not a file is there yet: for other names of
 * a folder (links, mounts) and, where the file system ignores case, for other cases of the letters.
 * A link as the last part is a place of its own.
 */
export async function placeKey(file: string): Promise<string> {
  const full = path.resolve(file);
  let folder = path.dirname(full);
  let key = await fileKey(folder);
  while (key === null && folder !== path.dirname(folder)) {
    folder = path.dirname(folder);
    key = await fileKey(folder);
  }
  const rest = path.relative(folder, full);
  const same = (await ignoresCase(folder)) ? rest.normalize('NFC').toLowerCase() : rest;
  return `${key ?? folder}/${same}`;
}

/**
 * Whether `file` is one of `others`: the same place, or the same stored file (by hard links or
 * links).
 */
export async function isOneOf(file: string, others: readonly string[]): Promise<boolean> {
  const [place, stored] = await Promise.all([placeKey(file), fileKey(file)]);
  for (const other of others) {
    if ((await placeKey(other)) === place) return true;
    if (stored !== null && (await fileKey(other)) === stored) return true;
  }
  return false;
}

/** Whether there is anything under a name, a link that leads nowhere included. */
export async function isTaken(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
