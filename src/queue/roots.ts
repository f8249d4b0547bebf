import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { badValue, unusable, VsrError } from '../errors.js';

/** A path under a root, which has the same name on all machines of a queue. */
export type RootedPath = {
  readonly root: string;
  /** Below the root, with slashes on every system. */
  readonly path: string;
};

/** Folders that machines share, by the names they have on each of them. */
export class Roots {
  /** Real folders by name. */
  readonly #folders: ReadonlyMap<string, string>;
  /** The devices of these folders when they were opened. */
  readonly #devices: ReadonlyMap<string, number>;

  private constructor(folders: ReadonlyMap<string, string>, devices: ReadonlyMap<string, number>) {
    this.#folders = folders;
    this.#devices = devices;
  }

  /**
   * Reads words such as `media=/mnt/media`. Throws VsrError `option` for an invalid one and for a
   * name that comes twice, `media` for a folder that does not exist.
   */
  static async of(words: readonly string[]): Promise<Roots> {
    const folders = new Map<string, string>();
    const devices = new Map<string, number>();
    for (const word of words) {
      const [, name, folder] = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)$/s.exec(word) ?? [];
      if (name === undefined || folder === undefined) {
        throw badValue('a name and a folder, as media=/mnt/media,', '--root', word);
      }
      if (folders.has(name)) {
        throw badValue(
          'each name once',
          '--root',
          word,
          `${name} is ${folders.get(name)} already.`,
        );
      }
      const real = await realpath(folder).catch(() => null);
      const found = real === null ? null : await stat(real);
      if (real === null || found?.isDirectory() !== true) {
        throw unusable('a folder that is there', '--root', word, 'Is it mounted?');
      }
      folders.set(name, real);
      devices.set(name, found.dev);
    }
    return new Roots(folders, devices);
  }

  get names(): readonly string[] {
    return [...this.#folders.keys()].sort();
  }

  /** Their folders, without links. */
  get folders(): readonly string[] {
    return [...this.#folders.values()];
  }

  /**
   * Names a root that is no longer the same folder, for example because its disk was unmounted, in
   * words; otherwise `null`.
   */
  async lost(): Promise<string | null> {
    for (const [name, folder] of this.#folders) {
      const found = await stat(folder).catch(() => null);
      if (found?.dev !== this.#devices.get(name)) {
        return `the root ${name} (${folder}) is not the folder it was: is it still mounted?`;
      }
    }
    return null;
  }

  /**
   * The name of `file` for other machines: under the innermost root that contains it. Throws
   * VsrError `option` where no root does; `what` names the file.
   */
  async toShared(file: string, what: string): Promise<RootedPath> {
    const real = await realOf(path.resolve(file));
    let best: RootedPath | null = null;
    let deepest = -1;
    for (const [root, folder] of this.#folders) {
      const below = path.relative(folder, real);
      if (!isBelow(below) || folder.length <= deepest) continue;
      deepest = folder.length;
      best = { root, path: below.split(path.sep).join('/') };
    }
    if (best !== null) return best;
    const all = [...this.#folders].map(([name, folder]) => `${name}=${folder}`).join(', ');
    throw new VsrError(
      'option',
      `Expected the ${what} ${file} to lie under a root that the machines share, but there ${this.#folders.size === 0 ? 'is none' : `are only ${all}`}. Name one with --root name=folder.`,
    );
  }

  /**
   * The file of the untrusted name `shared`. Throws VsrError `queue` for an unknown root, a path
   * that leaves it by `..` or by a link, and anything that is no plain path.
   */
  async fromShared(shared: RootedPath, what: string): Promise<string> {
    const folder = this.#folders.get(shared.root);
    const shown = JSON.stringify(`${shared.root}:${shared.path}`.slice(0, 200));
    const refuse = (expected: string): VsrError =>
      new VsrError('queue', `Expected ${expected} for the ${what} of a job but received ${shown}.`);
    if (folder === undefined) {
      throw refuse(`one of the roots of this worker (${this.names.join(', ') || 'it has none'})`);
    }
    const parts = shared.path.split('/');
    const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
    // On Windows a backslash separates folders, and a colon names a drive or a stream.
    const strange = /\0/.test(shared.path) || (path.sep === '\\' && /[\\:]/.test(shared.path));
    if (!plain || strange) throw refuse('a path below its root, without . and ..,');
    const file = path.join(folder, ...parts);
    if (!isBelow(path.relative(folder, await realOf(file)))) {
      throw refuse('a path that no link leads out of its root');
    }
    return file;
  }
}

function isBelow(relative: string): boolean {
  const leaves = relative === '..' || relative.startsWith(`..${path.sep}`);
  return relative !== '' && !leaves && !path.isAbsolute(relative);
}

/** The real path of a file that may not exist yet: that of the nearest folder that exists. */
async function realOf(file: string): Promise<string> {
  const real = await realpath(file).catch(() => null);
  if (real !== null) return real;
  // A dangling link would be followed when the file is written.
  const isLink = await lstat(file).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) return path.parse(file).root;
  const parent = path.dirname(file);
  return parent === file ? file : path.join(await realOf(parent), path.basename(file));
}
