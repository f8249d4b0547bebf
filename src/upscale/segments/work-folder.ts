import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { readSidecar, writeSidecar, type Sidecar } from '../../metrics/sidecar.js';
import { hashOf, naming, sha256Of } from '../plan/identity.js';
import { takeLock } from './lock.js';
import type { Segment } from './segment-plan.js';
import type { SegmentComplaints } from './segment-reader.js';

/** The version of `StoredPlan` that this vsr writes and reads. */
export const planVersion = 2;

/** The plan as it lies in the work folder: any machine that can read it can work on it. */
export type StoredPlan = {
  readonly version: typeof planVersion;
  /** The vsr that began the job: another one may cut, name or enlarge differently. */
  readonly vsr: string;
  /** Hash over source, models and settings: the segments are worth keeping only while it holds. */
  readonly job: string;
  /** When the source was last written, in milliseconds since 1970: tells what a hash of its ends cannot. */
  readonly sourceModifiedMs: number;
  /** For people, and for telling what has changed: what the hash was made of. */
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
  /** What it computed in: `fp32`, `fp16` or `int8`. */
  readonly precision: string;
  /** Of the video file, checked before it is used: a job may go on long after, and elsewhere. */
  readonly videoSha256: string;
  /** Of the file of log rows, checked likewise. */
  readonly rowsSha256: string;
  /** Mean share of tiles copied from the frame before, 0 to 1. */
  readonly reused: number;
  /** Frames, from 0 in this segment, that the decoder reported as damaged. */
  readonly damagedFrames: readonly number[];
  /** What decoding had to say, a line each. */
  readonly messages: readonly string[];
  /** The source ended early in this segment. */
  readonly truncated: boolean;
  /** Frames, from 0 in this segment, from which on the source's picture has another size; the first hundred. */
  readonly sizeChanges: readonly {
    readonly frame: number;
    readonly width: number;
    readonly height: number;
  }[];
  /** Packets of which the decoder made no frame. */
  readonly lostPackets: number;
  readonly complaints: SegmentComplaints;
};

/**
 * A job whose output is ready to be given its name. With it a job that died between that and the
 * writing of the sidecar knows its own output.
 */
type Seal = {
  readonly job: string;
  /** Inode of the finished file, which a new name does not change. */
  readonly inode: number;
  readonly sizeBytes: number;
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
  /** Notes that `file` is the output, whole, and only needs its name. */
  seal(file: string, sidecar: Sidecar): Promise<void>;
  /** Removes the folder and all in it. */
  remove(): Promise<void>;
}

/** Writes a file so that it is there whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  // Flushed before it has its name, so that not even a power cut leaves a name without its bytes.
  await writeFile(draft, text, { flush: true }).catch(naming(file));
  await rename(draft, file);
}

/** Gives a finished file its name once its bytes are on the disk. */
export async function keepFile(draft: string, file: string): Promise<void> {
  await syncFile(draft);
  await rename(draft, file);
}

/** Waits until the bytes of a file are on the disk. */
export async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync().catch(naming(file));
}

/** The sidecar that an earlier run made for its finished output, if `output` is that very file; else `null`. */
export async function sealedSidecar(
  folder: string,
  job: string,
  output: string,
): Promise<Sidecar | null> {
  const seal = await readJson<Seal>(path.join(folder, 'seal.json'));
  const found = await stat(output).catch(() => undefined);
  const same = seal?.job === job && found?.ino === seal.inode && found.size === seal.sizeBytes;
  return same ? readSidecar(path.join(folder, 'sealed.vsr.json')).catch(() => null) : null;
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
  return (
    plan?.version === planVersion && typeof plan.job === 'string' && Array.isArray(plan.segments)
  );
}

function isRecord(record: SegmentRecord | null): record is SegmentRecord {
  return (
    record !== null &&
    Number.isSafeInteger(record.frames) &&
    typeof record.precision === 'string' &&
    typeof record.videoSha256 === 'string' &&
    typeof record.rowsSha256 === 'string' &&
    Array.isArray(record.damagedFrames) &&
    Array.isArray(record.messages) &&
    Array.isArray(record.sizeChanges) &&
    Number.isSafeInteger(record.lostPackets) &&
    Number.isSafeInteger(record.complaints?.count)
  );
}

/** Whether what lies in the work folder is a plan, and one that another vsr wrote. */
function isOfOtherVersion(
  stored: { readonly version: number; readonly vsr?: string } | null,
  vsr: string,
): stored is { readonly version: number; readonly vsr?: string } {
  if (!Number.isSafeInteger(stored?.version)) return false;
  return stored?.version !== planVersion || stored.vsr !== vsr;
}

/** The vsr that wrote a plan, in words. Plans of version 1 do not name it. */
function writerOf({ version, vsr }: { readonly version: number; readonly vsr?: string }): string {
  return typeof vsr === 'string'
    ? `vsr ${vsr}`
    : `an earlier vsr (its plan has version ${version})`;
}

/** Removes everything but finished segments, the plan and the lock: what a killed job left half done. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const keep =
      ['plan.json', 'seal.json', 'sealed.vsr.json', 'lock'].includes(name) ||
      /^seg-\d+\.(video|rows\.jsonl|json)$/.test(name);
    if (!keep && !name.startsWith('lock.'))
      await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** What an interrupted job was made of that this one is not, in words. */
function whatChanged(stored: StoredPlan, now: Omit<StoredPlan, 'segments'>): string {
  const differs = (a: unknown, b: unknown): boolean => hashOf(a) !== hashOf(b);
  const parts = [
    ...(differs(stored.source, now.source) || stored.sourceModifiedMs !== now.sourceModifiedMs
      ? ['the source']
      : []),
    ...(differs(stored.models, now.models) ? ['the model'] : []),
  ];
  const before = stored.settings as Readonly<Record<string, unknown>> | null;
  const after = now.settings as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(after)) {
    if (differs(before?.[key] ?? null, after[key])) parts.push(`the setting ${key}`);
  }
  if (parts.length === 0) return 'the reference, the log or a model has changed';
  return `${parts.join(', ')} ${parts.length === 1 ? 'has' : 'have'} changed`;
}

/**
 * Opens, or makes, the work folder of an output and takes its lock. A stored plan of the same job is
 * gone on with; `cut` is asked only where there is none.
 *
 * Throws VsrError `busy` where another process works on the output, `media` where the folder holds
 * the segments of another job and `restart` is not set, `disk` where nothing can be written.
 */
export async function openWorkFolder(
  folder: string,
  output: string,
  job: Omit<StoredPlan, 'segments'>,
  restart: boolean,
  cut: () => Promise<readonly Segment[]>,
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
    const same =
      isPlan(stored) &&
      stored.vsr === job.vsr &&
      stored.job === job.job &&
      stored.sourceModifiedMs === job.sourceModifiedMs;
    if (same && !restart) return folderOf(folder, stored, lock);
    const segments = (await readdir(folder)).filter((name) => name.startsWith('seg-'));
    const unfinished = !restart && segments.some((name) => name.endsWith('.json'));
    if (unfinished && isOfOtherVersion(stored, job.vsr)) {
      throw new VsrError(
        'media',
        `${folder} holds unfinished work of ${writerOf(stored)}, which vsr ${job.vsr} cannot go on with: ` +
          'start over with --restart, or finish it with that version.',
      );
    }
    if (isPlan(stored) && unfinished) {
      throw new VsrError(
        'media',
        `${folder} holds finished segments of another job: ${whatChanged(stored, job)} since. ` +
          'Start over with --restart, or repeat the earlier command to go on with it.',
      );
    }
    for (const name of [...segments, 'seal.json']) {
      await rm(path.join(folder, name), { force: true });
    }
    const plan: StoredPlan = { ...job, segments: await cut() };
    await writeWhole(planFile, JSON.stringify(plan, null, 1));
    return folderOf(folder, plan, lock);
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

/** Removes the work folder that a finished job died too early to remove; leaves one that is in use. */
export async function clearWorkFolder(folder: string, output: string): Promise<void> {
  if ((await stat(folder).catch(() => undefined)) === undefined) return;
  const lock = await takeLock(path.join(folder, 'lock'), output).catch(() => null);
  if (lock === null) return;
  await rm(folder, { recursive: true, force: true }).catch(() => {});
  await lock[Symbol.asyncDispose]();
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
      const { video, rows } = files(segment);
      const expected = [record.videoSha256, record.rowsSha256];
      // A file that the disk does not give back is done again, under a new inode.
      const found = await Promise.all([sha256Of(video), sha256Of(rows)]).catch(() => null);
      return hashOf(found) === hashOf(expected) ? record : null;
    },
    async finish(segment, record) {
      await writeWhole(files(segment).record, JSON.stringify(record));
    },
    async seal(file, sidecar) {
      await syncFile(file);
      await writeSidecar(path.join(folder, 'sealed.vsr.json'), sidecar);
      const { ino, size } = await stat(file);
      const seal: Seal = { job: plan.job, inode: ino, sizeBytes: size };
      await writeWhole(path.join(folder, 'seal.json'), JSON.stringify(seal));
    },
    async remove() {
      await rm(folder, { recursive: true, force: true });
    },
    async [Symbol.asyncDispose]() {
      await lock[Symbol.asyncDispose]();
    },
  };
}
