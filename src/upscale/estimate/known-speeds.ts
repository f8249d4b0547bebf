import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../media/program/binary-answers.js';

/** What is known of how jobs of one kind run on this machine. */
export type Speed = {
  /** Seconds a frame takes, everything included. */
  readonly secondsPerFrame: number;
  /** Bits in the output per sample of luma; `null` where no such job has finished. */
  readonly bitsPerSample: number | null;
};

/** How many kinds of jobs are remembered; the least recently used ones go first. */
const mostKept = 200;

/** Weight of a new figure against the known one: a machine may have been busy. */
const weight = 0.5;

function cacheFile(): string | null {
  const folder = cacheFolder();
  return folder === null ? null : path.join(folder, 'speeds.json');
}

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

/** The entries of the cache that hold valid figures: anybody may have written the file. */
async function readSpeeds(file: string): Promise<Map<string, Speed>> {
  try {
    const stored: unknown = JSON.parse(await readFile(file, 'utf8'));
    const entries = Object.entries(stored as Record<string, Partial<Speed> | null>);
    return new Map(
      entries.flatMap(([key, speed]) => {
        const { secondsPerFrame, bitsPerSample } = speed ?? {};
        if (!isAmount(secondsPerFrame)) return [];
        return [
          [key, { secondsPerFrame, bitsPerSample: isAmount(bitsPerSample) ? bitsPerSample : null }],
        ];
      }),
    );
  } catch {
    return new Map(); // None yet, or not ours.
  }
}

/** What is known of the jobs that `key` names; `null` for nothing. */
export async function knownSpeed(key: string): Promise<Speed | null> {
  const file = cacheFile();
  return file === null ? null : ((await readSpeeds(file)).get(key) ?? null);
}

/** Keeps a speed in the user's cache folder. Fails silently: the speed will be measured again. */
export async function rememberSpeed(key: string, seen: Speed): Promise<void> {
  const file = cacheFile();
  if (file === null || !isAmount(seen.secondsPerFrame)) return;
  const draft = `${file}.${process.pid}.part`;
  try {
    const speeds = await readSpeeds(file);
    const before = speeds.get(key);
    const mix = (old: number | null | undefined, now: number | null): number | null =>
      old == null ? now : now === null ? old : old + weight * (now - old);
    speeds.delete(key);
    speeds.set(key, {
      secondsPerFrame: mix(before?.secondsPerFrame, seen.secondsPerFrame)!,
      bitsPerSample: mix(before?.bitsPerSample, seen.bitsPerSample),
    });
    await mkdir(path.dirname(file), { recursive: true });
    const kept = Object.fromEntries([...speeds].slice(-mostKept));
    await writeFile(draft, JSON.stringify(kept));
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => {});
  }
}
