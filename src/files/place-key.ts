import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** `name` with upper and lower case swapped. */
function swapCase(name: string): string {
  return name.replace(/\p{L}/gu, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

/** Device and inode of a file, links followed; `null` where there is no file. */
export async function fileKey(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  if (found === null) return null;
  // Some network mounts have no inode numbers; there the real path serves instead.
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
 * A key of the place that a path names, whether or not a file is there yet. Two paths have the same
 * key where they lead to one place: through links or mounts of a folder, or, where the file system
 * ignores case, by other cases of letters. A link as the last part of a path is a place of its own.
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
 * Whether `file` is one of `others`: the same place, or the same file on the disk by links of
 * either kind.
 */
export async function isOneOf(file: string, others: readonly string[]): Promise<boolean> {
  const [place, stored] = await Promise.all([placeKey(file), fileKey(file)]);
  for (const other of others) {
    if ((await placeKey(other)) === place) return true;
    if (stored !== null && (await fileKey(other)) === stored) return true;
  }
  return false;
}

/** Whether there is anything under a name, also a link that leads nowhere. */
export async function isTaken(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
