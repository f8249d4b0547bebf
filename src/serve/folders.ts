import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { isWanted, looksLikeStill } from '../upscale/plan/inputs.js';

/** What the page shows of a folder. */
export type Listing = {
  /** Absolute path without symbolic links. */
  readonly folder: string;
  /** The folder above; `null` where the page may not see it. */
  readonly above: string | null;
  readonly folders: readonly { readonly name: string; readonly path: string }[];
  readonly files: readonly ListedFile[];
};

/** A clip or picture of a listing. */
export type ListedFile = {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly isPicture: boolean;
};

/** The folders that the page may see, and what lies in them; links out of them lead nowhere. */
export class Folders {
  /** Absolute paths without symbolic links. */
  readonly roots: readonly string[];

  private constructor(roots: readonly string[]) {
    this.roots = roots;
  }

  /** Throws VsrError `disk` for a folder that does not exist, `option` for a file. */
  static async open(folders: readonly string[]): Promise<Folders> {
    const roots: string[] = [];
    for (const folder of folders) {
      const real = await realpath(folder).catch(() => null);
      if (real === null) throw new VsrError('disk', `There is no folder ${folder}.`);
      if (!(await stat(real)).isDirectory()) {
        throw new VsrError('option', `Expected a folder but received ${JSON.stringify(folder)}.`);
      }
      if (!roots.includes(real)) roots.push(real);
    }
    return new Folders(roots);
  }

  #holds(real: string): boolean {
    return this.roots.some((root) => {
      const way = path.relative(root, real);
      return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
    });
  }

  /**
   * The path without symbolic links of a file or folder in the folders. Throws VsrError `option`
   * for everything else, in the same words whether it exists or not, so that the page tells nothing
   * about other folders.
   */
  async inside(wanted: string): Promise<string> {
    const real = path.isAbsolute(wanted) ? await realpath(wanted).catch(() => null) : null;
    if (real === null || !this.#holds(real)) {
      throw new VsrError(
        'option',
        `Expected something in the folders of this page but received ${JSON.stringify(wanted)}.`,
      );
    }
    return real;
  }

  /** The content of the folder `wanted`; links out of the page's folders are left out. */
  async list(wanted: string): Promise<Listing> {
    const folder = await this.inside(wanted);
    const entries = await readdir(folder, { withFileTypes: true });
    entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    const folders: Listing['folders'][number][] = [];
    const files: ListedFile[] = [];
    for (const { name } of entries) {
      if (name.startsWith('.') || name.endsWith('.vsr-work')) continue;
      const real = await this.inside(path.join(folder, name)).catch(() => null);
      const info = real === null ? null : await stat(real).catch(() => null);
      if (real === null || info === null) continue;
      if (info.isDirectory()) folders.push({ name, path: real });
      else if (info.isFile() && isWanted(path.join(folder, name))) {
        files.push({ name, path: real, bytes: info.size, isPicture: looksLikeStill(name) });
      }
    }
    const above = path.dirname(folder);
    return { folder, above: this.#holds(above) && above !== folder ? above : null, folders, files };
  }
}
