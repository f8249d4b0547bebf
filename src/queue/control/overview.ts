import { queueName, type Fingerprint } from '../fingerprint.js';
import type { ClipEntry, QueueBook, SeenWorker } from '../redis/book.js';
import type { QueueConnection } from '../redis/connection.js';
import { queueTimes } from '../times.js';

/** A clip and its progress. */
export type ClipView = ClipEntry & {
  /** Frames that are done. */
  readonly done: number;
  /** Seconds that one worker would need for the rest; `null` where that is unknown. */
  readonly openSeconds: number | null;
};

/** The work for the machines of one fingerprint. */
export type LaneView = {
  readonly fingerprint: Fingerprint;
  /** Number of workers. */
  readonly workers: number;
  readonly paused: boolean;
  /** Number of jobs that no worker has begun. */
  readonly waiting: number;
  /** Number of jobs under way. */
  readonly active: number;
  /** Jobs that failed and are remembered. */
  readonly failed: number;
  readonly openClips: number;
  /**
   * Seconds that one worker would need for all open clips, estimated from the speed of workers so
   * far; `null` before the first segment of this fingerprint was made, and where the length of a
   * clip is unknown.
   */
  readonly openSeconds: number | null;
};

/** Everything that is in a queue. */
export type Overview = {
  /** Address, without its password. */
  readonly queue: string;
  readonly lanes: readonly LaneView[];
  readonly clips: readonly ClipView[];
  readonly workers: readonly SeenWorker[];
};

/** Looks at everything in a queue. */
export async function overviewOf(connection: QueueConnection, book: QueueBook): Promise<Overview> {
  const [workers, entries, fingerprints] = await Promise.all([
    book.workers(queueTimes().lockMs),
    book.clips(),
    book.fingerprints(),
  ]);
  const speeds = new Map<string, number | null>();
  for (const { id } of fingerprints) speeds.set(id, await book.speed(id));
  const clips = await Promise.all(
    entries.map(async (entry) => viewOf(book, entry, speeds.get(entry.fingerprint) ?? null)),
  );
  const lanes = await Promise.all(
    fingerprints.map(async (fingerprint): Promise<LaneView> => {
      const jobs = connection.queue(queueName(fingerprint.id));
      const counts = await jobs.getJobCounts();
      const count = (...states: string[]): number =>
        states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
      const open = clips.filter(
        (clip) => clip.state === 'open' && clip.fingerprint === fingerprint.id,
      );
      const seconds = open.map(({ openSeconds }) => openSeconds);
      return {
        fingerprint,
        workers: workers.filter((worker) => worker.fingerprint === fingerprint.id).length,
        paused: await jobs.isPaused(),
        waiting: count('waiting', 'paused', 'prioritized', 'delayed'),
        active: count('active'),
        failed: count('failed'),
        openClips: open.length,
        openSeconds: seconds.includes(null)
          ? null
          : seconds.reduce<number>((sum, each) => sum + (each ?? 0), 0),
      };
    }),
  );
  const isKnown = ({ workers: serving, openClips, waiting, active }: LaneView): boolean =>
    serving + openClips + waiting + active > 0;
  return { queue: connection.address.shown, lanes: lanes.filter(isKnown), clips, workers };
}

async function viewOf(book: QueueBook, entry: ClipEntry, speed: number | null): Promise<ClipView> {
  const { frames, before, samples, state } = entry;
  const made = state === 'done' ? (frames ?? 0) - before : (await book.progress(entry.id)).frames;
  const done = before + made;
  const left = state !== 'open' ? 0 : frames === null ? null : Math.max(0, frames - done);
  const known = left !== null && (left === 0 || speed !== null);
  return { ...entry, done, openSeconds: known ? (left * samples) / (speed ?? 1) : null };
}
