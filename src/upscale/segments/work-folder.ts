import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { LEASE_MS, takeLease, type Lease } from '../../files/lease.js';
import { syncFile } from '../../files/place.js';
import { activeClaim, howToEnd } from '../../files/queue-claim.js';
import { readSidecar, sidecarEnding, writeSidecar, type Sidecar } from '../../metrics/sidecar.js';
import { hashOf, isOutputOf, rethrowWithName, sha256Of } from '../plan/identity.js';
import type { TickRange } from '../plan/tick-range.js';
import { isRecordName, ownNames, removeEmpty, removeOwn } from './own-names.js';
import type { Segment } from './segment-plan.js';
import { segmentRecordOf, type MadeSegment, type SegmentRecord } from './segment-record.js';
import {
  checkSegments,
  storedPlanOf,
  whyNot,
  type ForeignPlan,
  type StoredPlan,
} from './stored-plan.js';

/** Files of a work folder, beside those of its segments. */
const planName = 'plan.json';
const sealName = `sealed${sidecarEnding}`;

/** Paths of one segment's files. */
export type SegmentFiles = {
  readonly video: string;
  readonly rows: string;
  readonly record: string;
};

/**
 * Milliseconds without a sign of life after which another machine of a queue takes over the lock:
 * by then the queue has noticed that its holder is gone.
 */
const QUEUE_LEASE_MS = 20_000;

/** The folder beside an output in which its job works: the plan, and files for each segment. */
export interface WorkFolder {
  readonly path: string;
  readonly plan: StoredPlan;
  /**
   * The files of a record; without a record, the files that this process writes for the segment.
   */
  files(segment: Segment, record?: SegmentRecord): SegmentFiles;
  /** The record of a segment that is done and whole, otherwise `null`. */
  finished(segment: Segment): Promise<SegmentRecord | null>;
  /** Records that a segment is done. Returns the record that counts. */
  finish(segment: Segment, made: MadeSegment): Promise<SegmentRecord>;
}

/** A work folder locked by this process. Disposing releases the lock. */
export interface LockedWorkFolder extends WorkFolder, AsyncDisposable {
  /** Fires when another process has taken over the lock: nothing more may be written. */
  readonly lost: AbortSignal;
  /** Stores the sidecar of an output that is whole and only needs its name. */
  seal(sidecar: Sidecar): Promise<void>;
  /**
   * Removes everything that vsr made in the folder, and the folder if nothing else is in it;
   * releases the lock.
   */
  remove(): Promise<void>;
}

/** Writes a file so that it is there whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  // Flushed before it gets its name, so that even a power cut leaves no name without its bytes.
  await writeFile(draft, text, { flush: true }).catch(rethrowWithName(file));
  await rename(draft, file);
}

/** Gives a finished file its name once its bytes are on the disk. */
export async function keepFile(draft: string, file: string): Promise<void> {
  await syncFile(draft);
  await rename(draft, file);
}

/**
 * The sidecar that an earlier run of `job` sealed before it gave its files their names; `null`
 * where there is none. By it, a job that died before its sidecar was written recognises its own
 * output and log.
 */
export async function readSeal(folder: string, job: string): Promise<Sidecar | null> {
  const sidecar = await readSidecar(path.join(folder, sealName)).catch(() => null);
  return sidecar?.job === job ? sidecar : null;
}

/** The sealed sidecar, if `output` is the file that it describes; otherwise `null`. */
export async function sealedSidecar(
  folder: string,
  job: string,
  output: string,
): Promise<Sidecar | null> {
  const sidecar = await readSeal(folder, job);
  return sidecar !== null && (await isOutputOf(sidecar, output)) ? sidecar : null;
}

/** Larger files are not vsr's plans or records. */
const largestBytes = 16 << 20;

/** The text of a plan or record; `null` where there is none that vsr could have written. */
async function readSmall(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (found === null || found.size > largestBytes) return null;
  return readFile(file, 'utf8').catch(() => null);
}

/** The plan in a folder; an error where it cannot be read or used. */
async function readPlan(
  file: string,
  { job, range }: Pick<WorkFolderRequest, 'job' | 'range'>,
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

/** Options of `openWorkFolder`. */
export type WorkFolderRequest = {
  readonly folder: string;
  readonly output: string;
  readonly job: Omit<StoredPlan, 'segments'>;
  /** The part of the clip that the segments cover. */
  readonly range: TickRange;
  /** Throw away the segments of a job that has changed. */
  readonly restart: boolean;
  /**
   * Name of the queue's clip, whose machines may be writing into the folder; `null` for a job of
   * this process alone.
   */
  readonly queue: string | null;
  /** Cuts the clip; called only where there is no plan to go on with. */
  readonly cut: () => Promise<readonly Segment[]>;
};

/**
 * Opens or makes the work folder of an output and takes its lock. A stored plan of the same job,
 * made by the same programs, is used again.
 *
 * Throws VsrError `busy` where another process or a queue works on the output; `media` where the
 * folder is not vsr's, or holds the segments of another job and `restart` is not set; `disk` where
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
  const lease = await takeLease(
    path.join(folder, 'lock'),
    output,
    request.queue === null ? LEASE_MS : QUEUE_LEASE_MS,
  );
  try {
    const claim = await activeClaim(folder);
    if (claim !== null && (claim.id !== request.queue || restart)) {
      throw new VsrError(
        'busy',
        `${output} is being made by the queue ${claim.queue} since ${claim.since}. ${howToEnd(claim, folder)}`,
      );
    }
    // Machines of the queue may be writing drafts.
    if (claim === null) await removeOwn(folder, ['draft']);
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
 * The plan of a folder that other processes work in, if it is the plan of this `job` on `range`,
 * made by the same programs. Throws VsrError `media` that names the difference.
 */
export async function sharedPlan(
  folder: string,
  request: Pick<WorkFolderRequest, 'job' | 'range'>,
): Promise<StoredPlan> {
  await ownNames(folder);
  const stored = await readPlan(path.join(folder, planName), request);
  if (stored === null) throw new VsrError('media', `There is no plan in ${folder}.`);
  if (stored instanceof VsrError) throw stored;
  const why = whyNot(stored, request.job);
  if (why === null && 'job' in stored) return stored;
  throw new VsrError('media', `${folder} ${why}`);
}

/**
 * Removes the work folder of a finished job that died before it could; leaves one that is in use,
 * or not vsr's.
 */
export async function clearWorkFolder(folder: string, output: string): Promise<void> {
  const own = await ownNames(folder).catch(() => []);
  if (own.length === 0 || (await activeClaim(folder)) !== null) return;
  const lease = await takeLease(path.join(folder, 'lock'), output).catch(() => null);
  if (lease === null) return;
  await removeOwn(folder, ['draft', 'kept']).catch(() => {});
  await lease[Symbol.asyncDispose]();
  await removeEmpty(folder).catch(() => {});
}

/** Paths of a segment's files for one `attempt`; `null` for the plain names. */
export function segmentFiles(
  folder: string,
  { number }: Segment,
  attempt: string | null,
): SegmentFiles {
  const stem = path.join(folder, `seg-${String(number).padStart(5, '0')}`);
  const own = attempt === null ? stem : `${stem}.${attempt}`;
  return { video: `${own}.video`, rows: `${own}.rows.jsonl`, record: `${stem}.json` };
}

/** A work folder without its lock, for processes that work on its segments. */
export function workFolderOf(folder: string, plan: StoredPlan): WorkFolder {
  const files = (segment: Segment, record?: SegmentRecord): SegmentFiles =>
    segmentFiles(folder, segment, record?.attempt ?? null);
  return {
    path: folder,
    plan,
    files,
    async finished(segment) {
      const record = await readRecord(files(segment).record);
      if (record === null) return null;
      const { video, rows } = files(segment, record);
      const expected = [record.videoSha256, record.rowsSha256];
      // A segment whose file the disk cannot read is made again, in a new file.
      const found = await Promise.all([sha256Of(video), sha256Of(rows)]).catch(() => null);
      return hashOf(found) === hashOf(expected) ? record : null;
    },
    async finish(segment, made) {
      const record = { ...made, attempt: null };
      await writeWhole(files(segment).record, JSON.stringify(record));
      return record;
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
    return null; // A damaged record counts as none.
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
