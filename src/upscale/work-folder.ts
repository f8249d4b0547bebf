import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../errors.js';
import { takeLock } from './lock.js';
import type { Segment } from './segment-plan.js';

/** The plan as it lies in the work folder: any machine that can read it can work on it. */
export type StoredPlan = {
  readonly version: 1;
  /** Hash over source, models and settings: the segments are worth keeping only while it holds. */
  readonly job: string;
  /** For people: what the hash was made of. */
  readonly source: unknown;
  readonly models: readonly string[];
  readonly settings: unknown;
  readonly segments: readonly Segment[];
};

/** What a finished segment says of itself; written last, so its being there means "done". */
export type SegmentRecord = {
  readonly frames: number;
  /** Ticks of its first frame; `null` without frames. */
  readonly firstPts: number | null;
  /** Execution provider that ran. */
  readonly provider: string;
  /** Bytes of the video file, checked before it is used. */
  readonly videoBytes: number;
  /** Mean share of tiles copied from the frame before, 0 to 1. */
  readonly reused: number;
  /** Frames, from 0 in this segment, that the decoder reported as damaged. */
  readonly damagedFrames: readonly number[];
  /** What decoding had to say, a line each. */
  readonly messages: readonly string[];
  /** The source ended early in this segment. */
  readonly truncated: boolean;
};

/** Paths of one segment's files. */
export type SegmentFiles = {
  readonly video: string;
  readonly rows: string;
  readonly record: string;
};

/** The folder beside an output in which its job works. Disposing gives the lock back. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
  readonly plan: StoredPlan;
  files(segment: Segment): SegmentFiles;
  /** The record of a segment that is done and whole, else `null`. */
  finished(segment: Segment): Promise<SegmentRecord | null>;
  finish(segment: Segment, record: SegmentRecord): Promise<void>;
  /** Removes the folder and all in it. */
  remove(): Promise<void>;
}

/** Writes a file so that it is there whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  await writeFile(draft, text);
  await rename(draft, file);
}

async function readJson<T>(file: string): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null; // Damaged: as good as not there.
  }
}

function isPlan(plan: StoredPlan | null): plan is StoredPlan {
  return plan?.version === 1 && typeof plan.job === 'string' && Array.isArray(plan.segments);
}

function isRecord(record: SegmentRecord | null): record is SegmentRecord {
  return (
    record !== null &&
    Number.isSafeInteger(record.frames) &&
    Number.isSafeInteger(record.videoBytes) &&
    Array.isArray(record.damagedFrames) &&
    Array.isArray(record.messages)
  );
}

/** Removes everything but finished segments, the plan and the lock: what a killed job left half done. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const keep =
      name === 'plan.json' || name === 'lock' || /^seg-\d+\.(video|rows\.jsonl|json)$/.test(name);
    if (!keep && !name.startsWith('lock.'))
      await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/**
 * Opens, or makes, the work folder of an output and takes its lock. A stored plan of the same job is
 * gone on with; `makePlan` is asked only where there is none.
 *
 * Throws VsrError `busy` where another process works on the output, `media` where the folder holds
 * the segments of another job and `restart` is not set.
 */
export async function openWorkFolder(
  folder: string,
  output: string,
  job: string,
  restart: boolean,
  makePlan: () => Promise<StoredPlan>,
): Promise<WorkFolder> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new VsrError('disk', `Cannot make the work folder ${folder}: ${String(cause)}.`, {
      cause,
    });
  });
  const lock = await takeLock(path.join(folder, 'lock'), output);
  try {
    await sweep(folder);
    const planFile = path.join(folder, 'plan.json');
    const stored = await readJson<StoredPlan>(planFile);
    let plan: StoredPlan;
    if (isPlan(stored) && stored.job === job && !restart) {
      plan = stored;
    } else {
      const segments = (await readdir(folder)).filter((name) => name.startsWith('seg-'));
      if (isPlan(stored) && !restart && segments.length > 0) {
        throw new VsrError(
          'media',
          `${folder} holds finished segments of another job: the source, the model or a setting has changed. ` +
            'Start over with --restart, or repeat the earlier command to go on with it.',
        );
      }
      for (const name of segments) await rm(path.join(folder, name), { force: true });
      plan = await makePlan();
      await writeWhole(planFile, JSON.stringify(plan, null, 1));
    }
    return folderOf(folder, plan, lock);
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

function folderOf(folder: string, plan: StoredPlan, lock: AsyncDisposable): WorkFolder {
  const files = (segment: Segment): SegmentFiles => {
    const stem = path.join(folder, `seg-${String(segment.number).padStart(5, '0')}`);
    return { video: `${stem}.video`, rows: `${stem}.rows.jsonl`, record: `${stem}.json` };
  };
  return {
    path: folder,
    plan,
    files,
    async finished(segment) {
      const record = await readJson<SegmentRecord>(files(segment).record);
      if (!isRecord(record)) return null;
      const video = await stat(files(segment).video).catch(() => undefined);
      const expected = record.frames === 0 ? 0 : record.videoBytes;
      return (video?.size ?? 0) === expected ? record : null;
    },
    async finish(segment, record) {
      await writeWhole(files(segment).record, JSON.stringify(record));
    },
    async remove() {
      await rm(folder, { recursive: true, force: true });
    },
    async [Symbol.asyncDispose]() {
      await lock[Symbol.asyncDispose]();
    },
  };
}
