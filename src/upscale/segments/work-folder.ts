import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { takeLease, type Lease } from '../../files/lease.js';
import { syncFile } from '../../files/place.js';
import { readSidecar, writeSidecar, type Sidecar } from '../../metrics/sidecar.js';
import { hashOf, isOutputOf, naming, sha256Of } from '../plan/identity.js';
import type { TickRange } from '../plan/tick-range.js';
import { isRecordName, ownNames, removeEmpty, removeOwn } from './own-names.js';
import type { Segment } from './segment-plan.js';
import { segmentRecordOf, type SegmentRecord } from './segment-record.js';
import { checkSegments, storedPlanOf, type ForeignPlan, type StoredPlan } from './stored-plan.js';

/** Files of a work folder, beside those of its segments. */
const planName = 'plan.json';
const sealName = 'sealed.vsr.json';

/** Paths of one segment's files. */
export type SegmentFiles = {
  readonly video: string;
  readonly rows: string;
  readonly record: string;
};

/** The folder beside an output in which its job works: the plan, and files for each segment. */
export interface WorkFolder {
  readonly path: string;
  readonly plan: StoredPlan;
  files(segment: Segment): SegmentFiles;
  /** The record of a segment that is done and whole, otherwise `null`. */
  finished(segment: Segment): Promise<SegmentRecord | null>;
  finish(segment: Segment, record: SegmentRecord): Promise<void>;
}

/** A work folder that this process alone works in. Disposing gives the lock back. */
export interface LockedWorkFolder extends WorkFolder, AsyncDisposable {
  /** Fires when another process has taken the lock over: nothing more must be written. */
  readonly lost: AbortSignal;
  /** Notes what the sidecar will say of an output that is whole and only needs its name. */
  seal(sidecar: Sidecar): Promise<void>;
  /**
   * Removes all that vsr made in the folder, and the folder if nothing else is in it; gives the
   * lock back.
   */
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

/**
 * What an earlier run of `job` sealed before it gave its files their names; `null` where there is
 * none. With it a job that died before its sidecar was written knows its own output and log.
 */
export async function readSeal(folder: string, job: string): Promise<Sidecar | null> {
  const sidecar = await readSidecar(path.join(folder, sealName)).catch(() => null);
  return sidecar?.job === job ? sidecar : null;
}

/** The sealed sidecar, if `output` is the very file that it speaks of; otherwise `null`. */
export async function sealedSidecar(
  folder: string,
  job: string,
  output: string,
): Promise<Sidecar | null> {
  const sidecar = await readSeal(folder, job);
  return sidecar !== null && (await isOutputOf(sidecar, output)) ? sidecar : null;
}

/** No plan and no record of ours comes near this. */
const largestBytes = 16 << 20;

/** The text of a file of ours; `null` where there is none, or none that could be ours. */
async function readSmall(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (found === null || found.size > largestBytes) return null;
  return readFile(file, 'utf8').catch(() => null);
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
  const before = stored.settings as Readonly<Record<string, unknown>>;
  const after = now.settings as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(after)) {
    if (differs(before[key] ?? null, after[key])) parts.push(`the setting ${key}`);
  }
  if (parts.length === 0) return 'the reference, the log or a model has changed';
  return `${parts.join(', ')} ${parts.length === 1 ? 'has' : 'have'} changed`;
}

/** The vsr that wrote a plan, in words. Plans of version 1 do not name it. */
function writerOf({ version, vsr }: StoredPlan | ForeignPlan): string {
  return vsr === null ? `an earlier vsr (its plan has version ${version})` : `vsr ${vsr}`;
}

/** Why finished segments cannot be gone on with, after the folder's name; `null` where they can. */
function whyNot(
  stored: StoredPlan | ForeignPlan,
  now: Omit<StoredPlan, 'segments'>,
): string | null {
  if (!('job' in stored) || stored.vsr !== now.vsr) {
    return `holds unfinished work of ${writerOf(stored)}, which vsr ${now.vsr} cannot go on with: start over with --restart, or finish it with that version.`;
  }
  if (stored.ffmpeg !== now.ffmpeg) {
    return `holds finished segments made with ffmpeg ${stored.ffmpeg}, and this is ffmpeg ${now.ffmpeg}. Start over with --restart, or finish it with that one (--ffmpeg).`;
  }
  if (stored.job === now.job && stored.sourceModifiedMs === now.sourceModifiedMs) return null;
  return `holds finished segments of another job: ${whatChanged(stored, now)} since. Start over with --restart, or repeat the earlier command to go on with it.`;
}

/**
 * The plan that a folder holds, as far as it can be read; an error where it is none that can be
 * gone on with.
 */
async function readPlan(
  file: string,
  { job, range }: WorkFolderRequest,
): Promise<StoredPlan | ForeignPlan | VsrError | null> {
  const text = await readSmall(file);
  if (text === null) return null;
  try {
    const plan = storedPlanOf(text, file);
    if ('job' in plan && whyNot(plan, job) === null) checkSegments(plan, range, file);
    return plan;
  } catch (error) {
    if (error instanceof VsrError) return error;
    throw error;
  }
}

/** What `openWorkFolder` is told. */
export type WorkFolderRequest = {
  readonly folder: string;
  readonly output: string;
  readonly job: Omit<StoredPlan, 'segments'>;
  /** The part of the clip that the segments cover. */
  readonly range: TickRange;
  /** Throw away the segments of a job that has changed. */
  readonly restart: boolean;
  /** Cuts the clip; asked only where there is no plan to go on with. */
  readonly cut: () => Promise<readonly Segment[]>;
};

/**
 * Opens, or makes, the work folder of an output and takes its lock. A stored plan of the same job,
 * made by the same programs, is gone on with.
 *
 * Throws VsrError `busy` where another process works on the output; `media` where the folder is
 * none of vsr's, or holds the segments of another job and `restart` is not set; `disk` where
 * nothing can be written.
 */
export async function openWorkFolder(request: WorkFolderRequest): Promise<LockedWorkFolder> {
  const { folder, output, job, restart } = request;
  await ownNames(folder);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new VsrError('disk', `Cannot make the work folder ${folder}: ${String(cause)}.`, {
      cause,
    });
  });
  const lease = await takeLease(path.join(folder, 'lock'), output);
  try {
    await removeOwn(folder, ['draft']);
    const planFile = path.join(folder, planName);
    const stored = await readPlan(planFile, request);
    const finished = (await ownNames(folder)).some(({ name }) => isRecordName(name));
    const keeps = finished && !restart && stored !== null;
    if (keeps && stored instanceof VsrError) {
      throw new VsrError('media', `${stored.message} Start over with --restart.`);
    }
    if (stored !== null && !(stored instanceof VsrError) && !restart) {
      const why = whyNot(stored, job);
      if (why === null && 'job' in stored) return lockedFolder(folder, stored, lease);
      if (keeps) {
        throw new VsrError('media', `${folder} ${why}`);
      }
    }
    await removeOwn(folder, ['draft', 'kept']);
    const plan: StoredPlan = { ...job, segments: await request.cut() };
    await writeWhole(planFile, JSON.stringify(plan, null, 1));
    return lockedFolder(folder, plan, lease);
  } catch (error) {
    await lease[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Removes the work folder that a finished job died too early to remove; leaves one that is in use,
 * or not ours.
 */
export async function clearWorkFolder(folder: string, output: string): Promise<void> {
  const own = await ownNames(folder).catch(() => []);
  if (own.length === 0) return;
  const lease = await takeLease(path.join(folder, 'lock'), output).catch(() => null);
  if (lease === null) return;
  await removeOwn(folder, ['draft', 'kept']).catch(() => {});
  await lease[Symbol.asyncDispose]();
  await removeEmpty(folder).catch(() => {});
}

/** A work folder without its lock: what any process needs that works on its segments. */
export function workFolderOf(folder: string, plan: StoredPlan): WorkFolder {
  const files = (segment: Segment): SegmentFiles => {
    const stem = path.join(folder, `seg-${String(segment.number).padStart(5, '0')}`);
    return { video: `${stem}.video`, rows: `${stem}.rows.jsonl`, record: `${stem}.json` };
  };
  return {
    path: folder,
    plan,
    files,
    async finished(segment) {
      const { video, rows, record: file } = files(segment);
      const record = await readRecord(file);
      if (record === null) return null;
      const expected = [record.videoSha256, record.rowsSha256];
      // A file that the disk does not give back is done again, under a new inode.
      const found = await Promise.all([sha256Of(video), sha256Of(rows)]).catch(() => null);
      return hashOf(found) === hashOf(expected) ? record : null;
    },
    async finish(segment, record) {
      await writeWhole(files(segment).record, JSON.stringify(record));
    },
  };
}

/** A segment's record; `null` where there is none that is whole. */
async function readRecord(file: string): Promise<SegmentRecord | null> {
  const text = await readSmall(file);
  if (text === null) return null;
  try {
    return segmentRecordOf(JSON.parse(text), file);
  } catch {
    return null; // Damaged: as good as not there.
  }
}

function lockedFolder(folder: string, plan: StoredPlan, lease: Lease): LockedWorkFolder {
  return {
    ...workFolderOf(folder, plan),
    lost: lease.lost,
    async seal(sidecar) {
      await writeSidecar(path.join(folder, sealName), sidecar);
    },
    async remove() {
      await removeOwn(folder, ['draft', 'kept']);
      // The lock goes last: whoever takes it next finds a folder with nothing in it, or makes one.
      await lease[Symbol.asyncDispose]();
      await removeEmpty(folder);
    },
    async [Symbol.asyncDispose]() {
      await lease[Symbol.asyncDispose]();
    },
  };
}
