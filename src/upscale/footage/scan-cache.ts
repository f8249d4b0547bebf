import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Compression } from '../../media/compression/compression.js';
import { cacheFolder } from '../../media/program/binary-answers.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { scanKinds, type Scan } from '../../media/scan/scan.js';
import type { FootageRuns } from '../../media/source/footage-runs.js';
import { version } from '../../version.js';

/** Scan results that are kept: a few MB at most. */
const mostKept = 1000;

/** Raised with each change by which a scan finds something else in the same clip. */
const lookVersion = 10;

type Stored = { readonly key: string; readonly sha256: string; readonly scan: string };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The cache file for a scan result; `null` where the system has no place for it. */
function placeOf(key: string): string | null {
  const folder = cacheFolder();
  return folder === null ? null : path.join(folder, 'scans', `${sha256(key).slice(0, 32)}.json`);
}

/** The result kept under `key`; `null` where there is none that is whole. */
async function readKept<T>(
  file: string,
  key: string,
  isWhole: (found: T) => boolean,
): Promise<T | null> {
  try {
    const stored = JSON.parse(await readFile(file, 'utf8')) as Stored;
    if (stored.key !== key || stored.sha256 !== sha256(stored.scan)) return null;
    const found = JSON.parse(stored.scan) as T;
    return isWhole(found) ? found : null;
  } catch {
    return null;
  }
}

/** Keeps a result. If that fails, the clip is scanned again the next time. */
async function keep(file: string, key: string, found: object): Promise<void> {
  try {
    const folder = path.dirname(file);
    await mkdir(folder, { recursive: true });
    const scan = JSON.stringify(found);
    const draft = `${file}.${process.pid}.part`;
    await writeFile(draft, JSON.stringify({ key, sha256: sha256(scan), scan } satisfies Stored));
    await rename(draft, file);
    await forgetOldest(folder);
  } catch {
    // No space, or no permission to write there.
  }
}

async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= mostKept) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      return { file, time: (await stat(file)).mtimeMs };
    }),
  );
  files.sort((a, b) => b.time - a.time);
  for (const { file } of files.slice(mostKept / 2)) await rm(file, { force: true });
}

/** What is searched for, and in which file. */
type Search = {
  readonly ffmpeg: Pick<Ffmpeg, 'build'>;
  /** Tells files apart, and changes when one is written to. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** What is searched for; empty for the scan of a few places. */
  readonly what: Readonly<Record<string, unknown>>;
};

async function kept<T extends object>(
  { ffmpeg, identity, what }: Search,
  isWhole: (found: T) => boolean,
  look: () => Promise<T>,
): Promise<T> {
  const key = JSON.stringify({
    lookVersion,
    vsr: version(),
    ffmpeg: ffmpeg.build,
    identity,
    ...what,
  });
  const file = placeOf(key);
  const before = file === null ? null : await readKept(file, key, isWhole);
  if (before !== null) return before;
  const found = await look();
  if (file !== null) await keep(file, key, found);
  return found;
}

/**
 * The scan of a clip; taken from an earlier one if the same vsr and ffmpeg have scanned the same
 * file before. `identity` tells files apart, and changes when a file is written to.
 */
export async function keptScan(
  ffmpeg: Ffmpeg,
  identity: Readonly<Record<string, unknown>>,
  look: () => Promise<Scan>,
): Promise<Scan> {
  const isWhole = ({ kind }: Scan): boolean => scanKinds.includes(kind);
  return kept({ ffmpeg, identity, what: {} }, isWhole, look);
}

/** Raised with each change by which examining all frames finds something else. */
const runsVersion = 7;

/** As `keptScan`, for the examination of all frames, run by run. */
export async function keptRuns(
  ffmpeg: Ffmpeg,
  identity: Readonly<Record<string, unknown>>,
  look: () => Promise<FootageRuns>,
): Promise<FootageRuns> {
  const isWhole = ({ runs }: FootageRuns): boolean => Array.isArray(runs) && runs.length > 0;
  return kept({ ffmpeg, identity, what: { runsVersion } }, isWhole, look);
}

/** Raised with each change by which another strength of compression is found. */
const compressionVersion = 1;

/**
 * How strongly a clip is compressed, from an earlier look at the same file. `bits` are the bits per
 * pixel, which depend on a frame rate that the user may name.
 */
export async function keptCompression(
  ffmpeg: Pick<Ffmpeg, 'build'>,
  identity: Readonly<Record<string, unknown>>,
  bits: number | null,
  look: () => Promise<Compression>,
): Promise<Compression> {
  const isWhole = ({ strength, by }: Compression): boolean =>
    typeof strength === 'number' && typeof by === 'string';
  return kept({ ffmpeg, identity, what: { compressionVersion, bits } }, isWhole, look);
}
