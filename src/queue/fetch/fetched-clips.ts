import { mkdir, rm, stat, statfs, utimes } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { showBytes } from '../../files/show-bytes.js';
import { temporaryFolder, type TemporaryFolder } from '../../files/temporary-folder.js';
import { outputPaths } from '../../upscale/plan/names.js';
import { writeWhole } from '../../upscale/segments/work-folder.js';
import type { ClipRef } from '../job/payload.js';
import { isSharedFileName, sharedRoot, type Share, type SharedClip } from '../job/share.js';
import type { Finding } from '../job/wish.js';
import { queueTimes } from '../times.js';
import { ShareClient } from './share-client.js';

/** Free disk space, in bytes, that fetched sources must leave for segments under way. */
const reserveBytes = 256 << 20;

/**
 * For how long a submitter that could not be reached is not asked again, as a multiple of the
 * duration of a job's lock. Otherwise its other jobs would keep this worker from jobs that it can
 * do.
 */
const absentLocks = 4;

/** A clip whose files are on this machine. */
export type FetchedClip = {
  /** The submitter's description of the clip. */
  readonly told: SharedClip;
  /** The connection by which segments are sent. */
  readonly client: ShareClient;
  readonly source: string;
  readonly output: string;
  readonly workFolder: string;
  readonly finding: Finding;
};

/** A clip's folder, which is kept between its jobs. */
type Kept = {
  readonly folder: string;
  /** sha256 of the files that are there, by name. */
  readonly hashes: Map<string, string>;
};

/**
 * Copies of clips that their submitters serve, in a temporary folder of this process. Disposing, or
 * the end of the process, removes the folder; that of a killed process is removed by the next one.
 */
export class FetchedClips implements AsyncDisposable {
  #folder: TemporaryFolder | null = null;
  /** The one used most recently comes last. */
  readonly #kept = new Map<string, Kept>();
  /** Submitters that could not be reached, by token, and when to ask them again. */
  readonly #absent = new Map<string, { readonly until: number; readonly why: VsrError }>();

  /**
   * Fetches those files of a clip that are not here yet. Rejects with VsrError: `busy` where the
   * submitter cannot be reached, `disk` where there is no space, `queue` where it refuses.
   */
  async open(ref: ClipRef, share: Share, signal: AbortSignal): Promise<FetchedClip> {
    const known = this.#absent.get(share.token);
    if (known !== undefined && performance.now() < known.until) throw known.why;
    this.#absent.delete(share.token);
    try {
      return await this.#open(ref, share, signal);
    } catch (error) {
      if (error instanceof VsrError && error.code === 'busy') {
        const until = performance.now() + absentLocks * queueTimes().lockMs;
        this.#absent.set(share.token, { until, why: error });
      }
      throw error;
    }
  }

  async #open(ref: ClipRef, share: Share, signal: AbortSignal): Promise<FetchedClip> {
    const client = new ShareClient(share, ref.clip, signal);
    const told = await client.describe();
    const kept = await this.#place(ref.clip);
    const { folder, hashes } = kept;
    for (const file of told.files) {
      const at = path.join(folder, file.name);
      if (hashes.get(file.name) !== file.sha256) {
        hashes.delete(file.name);
        await this.#makeRoom(ref.clip, file.sizeBytes);
        await client.fetch(file, at);
        hashes.set(file.name, file.sha256);
      }
      // What a scan found out about a source is kept by its time of change.
      const seconds = Math.floor(file.modifiedMs) / 1000;
      await utimes(at, seconds, seconds);
    }
    const source = told.files[0];
    if (source === undefined) throw new VsrError('queue', 'The submitter serves no source.');
    const ending = path.posix.extname(ref.output.path);
    const output = path.join(folder, `output${/^\.\w{1,16}$/.test(ending) ? ending : ''}`);
    const { workFolder } = outputPaths(output, false);
    await mkdir(workFolder, { recursive: true });
    const at = path.join(folder, source.name);
    // The plan must name the time that this file system stored, which may be rounded.
    const plan = { ...told.plan, sourceModifiedMs: (await stat(at)).mtimeMs };
    await writeWhole(path.join(workFolder, 'plan.json'), JSON.stringify(plan));
    return { told, client, source: at, output, workFolder, finding: findingIn(folder) };
  }

  /** Removes the copies of clips that `isWanted` rejects. */
  async tidy(isWanted: (clip: string) => Promise<boolean>): Promise<void> {
    for (const clip of [...this.#kept.keys()]) {
      if (!(await isWanted(clip))) await this.#drop(clip);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept.clear();
    await this.#folder?.[Symbol.asyncDispose]();
    this.#folder = null;
  }

  async #place(clip: string): Promise<Kept> {
    this.#folder ??= await temporaryFolder('share');
    const folder = path.join(this.#folder.path, clip);
    const kept = this.#kept.get(clip) ?? { folder, hashes: new Map<string, string>() };
    this.#kept.delete(clip);
    this.#kept.set(clip, kept);
    await mkdir(folder, { recursive: true });
    return kept;
  }

  /** Removes the least recently used clips until there is space. */
  async #makeRoom(clip: string, bytes: number): Promise<void> {
    const { path: folder } = this.#folder!;
    for (;;) {
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize - reserveBytes;
      if (bytes <= free) return;
      const [oldest] = this.#kept.keys();
      if (oldest === undefined || oldest === clip) {
        throw new VsrError(
          'disk',
          `Expected room for ${showBytes(bytes)} of a source in ${folder}, but ${showBytes(Math.max(0, free))} are free. Name another folder in TMPDIR.`,
        );
      }
      await this.#drop(oldest);
    }
  }

  async #drop(clip: string): Promise<void> {
    const kept = this.#kept.get(clip);
    this.#kept.delete(clip);
    if (kept !== undefined) await rm(kept.folder, { recursive: true, force: true });
  }
}

/** Finds the files of a clip in `folder`, by the names that its submitter gave them. */
function findingIn(folder: string): Finding {
  return {
    fromShared: (shared, what) => {
      if (shared.root === sharedRoot && isSharedFileName(shared.path)) {
        return Promise.resolve(path.join(folder, shared.path));
      }
      const shown = JSON.stringify(`${shared.root}:${shared.path}`.slice(0, 200));
      return Promise.reject(
        new VsrError('queue', `Expected a file of the clip for the ${what} but received ${shown}.`),
      );
    },
  };
}
