import type { Redis } from 'ioredis';
import { Field } from '../../files/json-field.js';
import { readFingerprint, type Fingerprint } from '../fingerprint.js';
import type { SegmentRun } from '../job/payload.js';
import { priorities, type Priority } from '../priority.js';

/** States of a clip; it is open from its submission to its end. */
export const clipStates = ['open', 'done', 'failed', 'cancelled'] as const;
export type ClipState = (typeof clipStates)[number];

/** A clip that was submitted. */
export type ClipEntry = {
  /** The clip's name in the queue. */
  readonly id: string;
  /** Of the machines that can make it. */
  readonly fingerprint: string;
  /** For people: `media:tapes/one.mp4`. */
  readonly input: string;
  readonly output: string;
  /** A `ClipRef`, from which its jobs can be made again. */
  readonly ref: unknown;
  /** What its jobs make. */
  readonly runs: readonly SegmentRun[];
  readonly priority: Priority;
  /** Milliseconds since 1970, by the server's clock. */
  readonly submitted: number;
  /** Expected frames of the clip; `null` where unknown. */
  readonly frames: number | null;
  /** How many of them were done when it was submitted. */
  readonly before: number;
  /** Luma samples of a larger frame. */
  readonly samples: number;
  readonly state: ClipState;
  /** Why it failed; `null` where it did not. */
  readonly cause: string | null;
};

/** Progress of a run of segments, or of all runs of a clip. */
export type RunProgress = {
  /** Frames that were made. */
  readonly frames: number;
  /** Their mean PSNR in dB; `null` without figures. */
  readonly psnr: number | null;
};

/** A worker's description of itself. */
export type WorkerEntry = {
  readonly id: string;
  /** Its host and process number, for people. */
  readonly name: string;
  readonly fingerprint: string;
  /** Names of the roots whose clips it takes. */
  readonly roots: readonly string[];
  /** When it started, ISO 8601. */
  readonly since: string;
  /** The job under way, in words; `null` where there is none. */
  readonly doing: string | null;
  /** Segments that it has made since it started. */
  readonly segmentsDone: number;
  /** Jobs that have failed on it since it started. */
  readonly failures: number;
  /** Milliseconds that its clock shows more than the server's; negative where it shows less. */
  readonly clockMs: number;
};

/** A worker, and milliseconds since its last sign of life. */
export type SeenWorker = WorkerEntry & { readonly silentMs: number };

/** Prefix of all keys, BullMQ's included, so that access rights of the server can name it. */
const prefix = 'bull:vsr:';
const keys = {
  clips: `${prefix}clips`,
  clip: (id: string) => `${prefix}clip:${id}`,
  done: (id: string) => `${prefix}done:${id}`,
  workers: `${prefix}workers`,
  fingerprints: `${prefix}fingerprints`,
  speed: `${prefix}speed`,
};

/** The channel on which workers are told to stop work on a clip. */
export const controlChannel = 'vsr:control';

/** Seconds for which a clip is remembered after its end. */
const keptSeconds = 7 * 24 * 3600;

/** Milliseconds without a sign of life after which a worker is removed from the list. */
const struckOffMs = 600_000;

/** What the machines of a queue tell one another beside their jobs: clips, workers, speeds. */
export class QueueBook {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Milliseconds since 1970 by the server's clock. */
  async now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /**
   * Records that a clip was submitted, and forgets how an earlier submission of it ended. Returns
   * the time of submission, in milliseconds since 1970 by the server's clock.
   */
  async open(entry: Omit<ClipEntry, 'state' | 'cause' | 'submitted'>): Promise<number> {
    const submitted = await this.now();
    const { id, ...facts } = entry;
    const key = keys.clip(id);
    await this.#redis
      .multi()
      .del(key, keys.done(id))
      .hset(key, { state: 'open', facts: JSON.stringify({ ...facts, submitted }) })
      .zadd(keys.clips, submitted, id)
      .exec();
    return submitted;
  }

  /** The clip `id`; `null` where none is remembered. */
  async clip(id: string): Promise<ClipEntry | null> {
    const { facts, state, cause } = await this.#redis.hgetall(keys.clip(id));
    return facts === undefined ? null : entryOf(id, facts, state, cause);
  }

  /** All clips that are remembered, oldest first. */
  async clips(): Promise<ClipEntry[]> {
    const ids = await this.#redis.zrange(keys.clips, '0', '-1');
    const found = await Promise.all(ids.map((id) => this.clip(id).catch(() => null)));
    const gone = ids.filter((_, i) => found[i] === null);
    if (gone.length > 0) await this.#redis.zrem(keys.clips, ...gone);
    return found.filter((entry) => entry !== null);
  }

  /** The state of the clip `id`; `null` where none is remembered. */
  async state(id: string): Promise<ClipState | null> {
    const state = await this.#redis.hget(keys.clip(id), 'state');
    return clipStates.find((known) => known === state) ?? null;
  }

  /**
   * Records how a clip ended. Only the first end counts, except that a clip whose output is there
   * is done even if it was cancelled while its join ended. Returns whether this end counts.
   */
  async end(id: string, state: ClipState, cause: string | null): Promise<boolean> {
    const key = keys.clip(id);
    // One step of the server: where two workers fail at once, the first cause is kept.
    const script =
      "local state = redis.call('HGET', KEYS[1], 'state') " +
      "if state ~= 'open' and not (state == 'cancelled' and ARGV[1] == 'done') then return 0 end " +
      "redis.call('HSET', KEYS[1], 'state', ARGV[1], 'cause', ARGV[2]) " +
      "redis.call('EXPIRE', KEYS[1], ARGV[3]) redis.call('EXPIRE', KEYS[2], ARGV[3]) return 1";
    const words = [state, cause ?? '', String(keptSeconds)];
    return (await this.#redis.eval(script, 2, key, keys.done(id), ...words)) === 1;
  }

  /** Removes the clip `id` from the book. */
  async forget(id: string): Promise<void> {
    await this.#redis.multi().del(keys.clip(id), keys.done(id)).zrem(keys.clips, id).exec();
  }

  /** Records the progress of one run of a clip. */
  async noteProgress(id: string, run: SegmentRun, { frames, psnr }: RunProgress): Promise<void> {
    await this.#redis.hset(keys.done(id), String(run.from), `${frames} ${psnr ?? ''}`);
  }

  /** Progress of all runs of a clip together. */
  async progress(id: string): Promise<RunProgress> {
    let [frames, sum, scored] = [0, 0, 0];
    for (const text of await this.#redis.hvals(keys.done(id))) {
      const [count = '0', psnr = ''] = text.split(' ');
      frames += Number(count);
      if (psnr === '') continue;
      sum += Number(psnr) * Number(count);
      scored += Number(count);
    }
    return { frames, psnr: scored === 0 ? null : sum / scored };
  }

  /**
   * Records that a machine of `fingerprint` has made `samples` luma samples in `ms` milliseconds.
   */
  async noteSpeed(fingerprint: string, samples: number, ms: number): Promise<void> {
    await this.#redis
      .multi()
      .hincrbyfloat(keys.speed, `${fingerprint}:samples`, samples)
      .hincrbyfloat(keys.speed, `${fingerprint}:ms`, ms)
      .exec();
  }

  /** Luma samples per second of one machine of a fingerprint; `null` before the first record. */
  async speed(fingerprint: string): Promise<number | null> {
    const [samples, ms] = await this.#redis.hmget(
      keys.speed,
      `${fingerprint}:samples`,
      `${fingerprint}:ms`,
    );
    const found = (Number(samples) / Number(ms)) * 1000;
    return Number.isFinite(found) && found > 0 ? found : null;
  }

  async noteFingerprint(fingerprint: Fingerprint): Promise<void> {
    await this.#redis.hset(keys.fingerprints, fingerprint.id, JSON.stringify(fingerprint));
  }

  /** All fingerprints that a worker or a clip ever had. */
  async fingerprints(): Promise<Fingerprint[]> {
    const all = Object.values(await this.#redis.hgetall(keys.fingerprints));
    return all.flatMap((text) => {
      try {
        return [readFingerprint(text)];
      } catch {
        return []; // A later version wrote it.
      }
    });
  }

  /** Records a worker's description of itself, and that it lives. */
  async noteWorker(entry: WorkerEntry): Promise<void> {
    const seen = await this.now();
    await this.#redis.hset(keys.workers, entry.id, JSON.stringify({ ...entry, seen }));
  }

  async strikeOff(id: string): Promise<void> {
    await this.#redis.hdel(keys.workers, id);
  }

  /** Workers that gave a sign of life within the last `mostSilentMs` milliseconds, by name. */
  async workers(mostSilentMs: number): Promise<SeenWorker[]> {
    const [now, all] = await Promise.all([this.now(), this.#redis.hgetall(keys.workers)]);
    const found: SeenWorker[] = [];
    for (const [id, text] of Object.entries(all)) {
      const entry = workerOf(text, now);
      if (entry === null || entry.silentMs > struckOffMs) await this.strikeOff(id);
      else if (entry.silentMs <= mostSilentMs) found.push(entry);
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Tells all workers to stop their work on a clip. */
  async tellStop(id: string): Promise<void> {
    await this.#redis.publish(controlChannel, id);
  }
}

function entryOf(
  id: string,
  facts: string,
  state: string | undefined,
  cause: string | undefined,
): ClipEntry {
  const top = new Field(JSON.parse(facts), `the clip ${id}`);
  const count = (field: Field): number => field.count();
  return {
    id,
    fingerprint: top.at('fingerprint').string(),
    input: top.at('input').string(),
    output: top.at('output').string(),
    ref: top.at('ref').object(),
    runs: top.at('runs').list((run) => ({
      from: run.at('from').count(),
      to: run.at('to').count(),
    })),
    priority: top.at('priority').oneOf(...priorities),
    submitted: top.at('submitted').count(),
    frames: top.at('frames').orNull(count),
    before: top.at('before').count(),
    samples: top.at('samples').count(),
    state: clipStates.find((known) => known === state) ?? 'open',
    cause: cause === undefined || cause === '' ? null : cause,
  };
}

function workerOf(text: string, now: number): SeenWorker | null {
  try {
    const top = new Field(JSON.parse(text), 'a worker');
    return {
      id: top.at('id').string(),
      name: top.at('name').string(),
      fingerprint: top.at('fingerprint').string(),
      roots: top.at('roots').list((root) => root.string()),
      since: top.at('since').string(),
      doing: top.at('doing').orNull((field) => field.string()),
      segmentsDone: top.at('segmentsDone').count(),
      failures: top.at('failures').count(),
      clockMs: top.at('clockMs').integer(),
      silentMs: Math.max(0, now - top.at('seen').count()),
    };
  } catch {
    return null;
  }
}
