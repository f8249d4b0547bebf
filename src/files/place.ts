import { copyFile, link, lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError, messageOf } from '../errors.js';
import { isOneOf } from './place-key.js';
import { temporaryFolder } from './temporary-folder.js';

/** A file that a command is going to write. */
export type PlaceWish = {
  /** What it is, for messages: `report`, `model`. */
  readonly what: string;
  readonly file: string;
  /**
   * Files that the same call reads: none of them is ever overwritten, whatever `overwrite` says.
   */
  readonly inputs: readonly string[];
  /** The user asked to replace what is there. */
  readonly overwrite: boolean;
  /** Tells whether an existing file was made by vsr and may be replaced. Default: none was. */
  readonly isOurs?: (file: string) => Promise<boolean>;
  /** Keeps a file that is replaced without `overwrite` as `<file>.before`. */
  readonly keepsOld?: boolean;
  /** How the user can choose another name, for messages: `with -o`. */
  readonly otherName: string;
};

/** A name that may be written to. Whether that is still so is checked again before writing. */
export interface Place {
  readonly file: string;
  /**
   * Gives a finished draft its name once its bytes are on the disk. Throws `VsrError('media')`
   * where a file has appeared or changed under that name meanwhile, which is then kept.
   */
  put(draft: string): Promise<void>;
  /**
   * Writes the file, so that it appears whole or not at all. Throws `VsrError('media')` as `put`
   * does, and `VsrError('disk')`.
   */
  write(content: Uint8Array | string): Promise<void>;
}

/** Facts of a file that differ once it was replaced or written to. */
type Seen = { readonly ino: number; readonly size: number; readonly mtimeMs: number };

async function see(file: string): Promise<Seen | null> {
  return lstat(file).then(
    ({ ino, size, mtimeMs }) => ({ ino, size, mtimeMs }),
    () => null,
  );
}

/** Waits until the bytes of a file are on the disk. */
export async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync().catch((error: unknown) => {
    // Errors of calls on an open file do not say which file it is.
    throw Object.assign(error as NodeJS.ErrnoException, { path: file });
  });
}

/** What `link` fails with on file systems without hard links: FAT, exFAT, many network mounts. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'EINVAL'];

/** Whether an error of `link` says that the file system has no hard links. */
export function isWithoutLinks(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && noLinks.includes(code);
}

/** Gives `draft` the name `file` unless that is taken; returns whether it was free. */
export async function nameIfFree(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if (!isWithoutLinks(error)) throw error;
    if ((await see(file)) !== null) return false;
    await rename(draft, file);
    return true;
  }
  await rm(draft, { force: true });
  return true;
}

function sameAs(a: Seen | null, b: Seen | null): boolean {
  return a?.ino === b?.ino && a?.size === b?.size && a?.mtimeMs === b?.mtimeMs;
}

/**
 * Checks that a file may be written. Throws `VsrError('option')` for one that the same call reads,
 * and `VsrError('media')` for a folder, and for a file that vsr did not make unless `overwrite` is
 * set.
 */
export async function openPlace(wish: PlaceWish): Promise<Place> {
  const { what, file, otherName } = wish;
  if (await isOneOf(file, wish.inputs)) {
    throw new VsrError(
      'option',
      `The ${what} ${file} is one of the inputs. Choose another name ${otherName}.`,
    );
  }
  const found = await lstat(file).catch(() => null);
  if (found?.isDirectory() === true) {
    throw new VsrError('media', `Expected a file to write the ${what} to but ${file} is a folder.`);
  }
  const replaceable =
    found === null || wish.overwrite || (found.isFile() && (await wish.isOurs?.(file)) === true);
  if (!replaceable) {
    throw new VsrError(
      'media',
      `${file} exists, and the ${what} would replace it. Choose another name ${otherName}, or replace it with --overwrite.`,
    );
  }
  return placeOf(wish, await see(file));
}

/** Renames an existing file to `<file>.before`, or with a number where that is taken. */
async function setAside(file: string): Promise<void> {
  for (let number = 1; ; number++) {
    const aside = `${file}.before${number === 1 ? '' : `-${number}`}`;
    if (await nameIfFree(file, aside)) return;
  }
}

function placeOf(wish: PlaceWish, before: Seen | null): Place {
  const { what, file, overwrite, otherName } = wish;
  const putHere = async (draft: string): Promise<void> => {
    const isAsBefore = before !== null && sameAs(before, await see(file));
    if (overwrite || (isAsBefore && wish.keepsOld !== true)) return rename(draft, file);
    if (isAsBefore) await setAside(file);
    if (await nameIfFree(draft, file)) return;
    throw new VsrError(
      'media',
      `${file} ${before === null ? 'appeared' : 'was changed'} while the ${what} was being made, and was kept. Choose another name ${otherName}, or replace it with --overwrite.`,
    );
  };
  const folder = path.dirname(path.resolve(file));
  const put = async (draft: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    if ((await stat(draft)).dev === (await stat(folder)).dev) {
      await syncFile(draft);
      return putHere(draft);
    }
    // Renaming is a single step only within one file system.
    await using near = await temporaryFolder('draft', folder);
    const copy = path.join(near.path, 'copy');
    await copyFile(draft, copy);
    await syncFile(copy);
    await putHere(copy);
    await rm(draft, { force: true });
  };
  return {
    file,
    put,
    async write(content) {
      try {
        await mkdir(folder, { recursive: true });
        await using near = await temporaryFolder('draft', folder);
        const draft = path.join(near.path, 'draft');
        await writeFile(draft, content);
        await put(draft);
      } catch (error) {
        if (error instanceof VsrError && error.code === 'media') throw error;
        throw new VsrError('disk', `The ${what} ${file} cannot be written: ${messageOf(error)}.`, {
          cause: error,
        });
      }
    },
  };
}
