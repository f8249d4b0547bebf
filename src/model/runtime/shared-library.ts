import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** Tags of entries in an ELF file's dynamic section, and types of its segments. */
const [NULL, NEEDED, STRTAB] = [0n, 1n, 5n];
const [LOAD, DYNAMIC] = [1, 2];

/**
 * The names of the libraries that a 64-bit little-endian ELF file needs (its NEEDED entries), such
 * as `libcublasLt.so.13`; `null` for other files. Reads only the file's tables.
 *
 * The layout is that of the System V ABI's chapters "Object Files" and "Dynamic Linking".
 */
export function neededLibraries(file: string): string[] | null {
  const handle = openSync(file, 'r');
  const read = (at: number, length: number): Buffer => {
    const buffer = Buffer.alloc(length);
    const count = readSync(handle, buffer, 0, length, at);
    return buffer.subarray(0, count);
  };
  try {
    const header = read(0, 64);
    const isElf = header.length === 64 && header.readUInt32BE(0) === 0x7f454c46;
    if (!isElf || header[4] !== 2 || header[5] !== 1) return null;
    const size = header.readUInt16LE(54);
    const count = header.readUInt16LE(56);
    const table = read(Number(header.readBigUInt64LE(32)), size * count);
    const segments = Array.from({ length: Math.floor(table.length / size) }, (_, i) => ({
      type: table.readUInt32LE(i * size),
      offset: Number(table.readBigUInt64LE(i * size + 8)),
      address: Number(table.readBigUInt64LE(i * size + 16)),
      length: Number(table.readBigUInt64LE(i * size + 32)),
    }));
    const dynamic = segments.find(({ type }) => type === DYNAMIC);
    if (dynamic === undefined) return [];
    const entries = read(dynamic.offset, dynamic.length);
    const names: number[] = [];
    let strings = 0;
    for (let i = 0; i + 16 <= entries.length; i += 16) {
      const [tag, value] = [entries.readBigUInt64LE(i), entries.readBigUInt64LE(i + 8)];
      if (tag === NULL) break;
      if (tag === NEEDED) names.push(Number(value));
      if (tag === STRTAB) strings = Number(value);
    }
    const home = segments.find(
      ({ type, address, length }) =>
        type === LOAD && strings >= address && strings < address + length,
    );
    if (home === undefined) return [];
    const start = home.offset + strings - home.address;
    return names.map(
      (at) =>
        read(start + at, 256)
          .toString('latin1')
          .split('\0', 1)[0]!,
    );
  } catch (error) {
    if (error instanceof RangeError) return null; // Truncated, or ELF only in its first bytes.
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** The folders in which the loader looks besides LD_LIBRARY_PATH and its cache. */
const standardFolders = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
];

/** The loader's cache: paths by library name. Empty where there is no `ldconfig` to list it. */
function loaderCache(): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const program of ['/sbin/ldconfig', '/usr/sbin/ldconfig', 'ldconfig']) {
    try {
      const text = execFileSync(program, ['-p'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 5000,
      });
      for (const line of text.split('\n')) {
        const [, name, file] = /^\s+(\S+) \(.*x86-64.*\) => (.+)$/.exec(line) ?? [];
        if (name !== undefined && file !== undefined && !known.has(name)) known.set(name, file);
      }
      return known;
    } catch {
      continue; // No `ldconfig` under this path, or it fails.
    }
  }
  return known;
}

/** Libraries that the loader would not find, and the places where it would have looked. */
export type MissingLibraries = { readonly names: string[]; readonly looked: string[] };

/**
 * Which of the libraries `wanted`, and of those that they need in turn, the loader would not find
 * for a file in `folder` (Linux on x64). The loader looks in LD_LIBRARY_PATH, in its cache and in
 * its standard folders; ONNX Runtime's providers also find libraries in their own folder.
 */
export function missingLibraries(
  wanted: readonly string[],
  folder: string,
  libraryPath = process.env['LD_LIBRARY_PATH'] ?? '',
): MissingLibraries {
  const named = libraryPath.split(':').filter((part) => part !== '');
  const cache = loaderCache();
  const fileOf = (name: string, beside: string): string | undefined =>
    [beside, folder, ...named, ...standardFolders]
      .map((place) => path.join(place, name))
      .find((file) => existsSync(file)) ?? cache.get(name);
  const seen = new Set<string>();
  const names: string[] = [];
  const look = (list: readonly string[], beside: string): void => {
    for (const name of list) {
      if (seen.has(name)) continue;
      seen.add(name);
      const file = fileOf(name, beside);
      if (file === undefined) names.push(name);
      else look(neededLibraries(file) ?? [], path.dirname(realpathSync(file)));
    }
  };
  look(wanted, folder);
  const looked = [
    ...named.map((place) => `${place} (LD_LIBRARY_PATH)`),
    "the loader's cache",
    ...standardFolders.filter((place) => existsSync(place)),
  ];
  return { names, looked };
}
