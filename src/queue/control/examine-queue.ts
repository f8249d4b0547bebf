import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { messageOf } from '../../errors.js';
import { differences, fingerprintOf } from '../fingerprint.js';
import type { QueueAddress } from '../redis/address.js';
import { QueueBook } from '../redis/book.js';
import { connectQueue, type QueueConnection } from '../redis/connection.js';
import { queueTimes } from '../times.js';

/**
 * Whether a queue meets one requirement. Without the `vital` ones no clip should be submitted to
 * it.
 */
export type QueueFinding = {
  readonly topic: string;
  readonly ok: boolean;
  readonly vital: boolean;
  readonly detail: string;
};

/** The oldest version of Redis that BullMQ supports. */
const leastVersion = [6, 2];

/** Milliseconds by which a clock may differ before it is reported. */
const mostClockMs = 2_000;

/**
 * Examines a queue from this machine. A queue that cannot be reached is a finding, too; nothing is
 * thrown. `ffmpeg` is that of this machine; `null` where it has none.
 */
export async function examineQueue(
  address: QueueAddress,
  ffmpeg: Ffmpeg | null,
): Promise<QueueFinding[]> {
  try {
    await using connection = await connectQueue(address);
    const { redis } = connection;
    const book = new QueueBook(redis);
    return [
      ...serverFindings(await redis.info(), address),
      await clockFinding(book),
      ...(await workerFindings(connection, book, ffmpeg)),
    ];
  } catch (error) {
    return [{ topic: 'queue', ok: false, vital: true, detail: messageOf(error) }];
  }
}

/** Findings about the server, from the answer to its INFO command. */
export function serverFindings(
  info: string,
  { shown, tls }: Pick<QueueAddress, 'shown' | 'tls'>,
): QueueFinding[] {
  const fieldOf = (name: string): string =>
    new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? 'unknown';
  const version = fieldOf('redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = leastVersion as [number, number];
  const isNew = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const policy = fieldOf('maxmemory_policy');
  const keeps = fieldOf('aof_enabled') === '1';
  const { hostname } = new URL(shown);
  const isNear = /^(localhost|127\.|\[::1\])/.test(hostname);
  return [
    {
      ...{ topic: 'queue', ok: isNew, vital: true },
      detail: isNew
        ? `${shown}, Redis ${version}`
        : `${shown} is Redis ${version}; ${leastVersion.join('.')} or later is needed`,
    },
    {
      ...{ topic: 'eviction', ok: policy === 'noeviction', vital: true },
      detail:
        policy === 'noeviction'
          ? 'no key is evicted when memory is short'
          : `Redis evicts keys when memory is short (maxmemory-policy ${policy}): jobs would vanish. Set it to noeviction`,
    },
    {
      ...{ topic: 'persistence', ok: keeps, vital: false },
      detail: keeps
        ? 'an append-only file is kept'
        : 'without an append-only file (appendonly yes) a restart forgets all clips; what is done of them is kept',
    },
    {
      ...{ topic: 'encryption', ok: tls || isNear, vital: false },
      detail: tls
        ? 'TLS'
        : isNear
          ? 'none, on this machine'
          : 'none: use rediss:// outside a trusted network',
    },
  ];
}

async function clockFinding(book: QueueBook): Promise<QueueFinding> {
  const before = Date.now();
  const server = await book.now();
  const own = Math.round((before + Date.now()) / 2 - server);
  const workers = await book.workers(queueTimes().lockMs);
  const wrong = workers.filter(({ clockMs }) => Math.abs(clockMs) > mostClockMs);
  const ok = Math.abs(own) <= mostClockMs && wrong.length === 0;
  const names = wrong.map(({ name, clockMs }) => `${name} by ${(clockMs / 1000).toFixed(1)} s`);
  return {
    ...{ topic: 'clocks', ok, vital: false },
    detail: ok
      ? `this one differs by ${Math.abs(own)} ms from the server’s`
      : `they differ from the server’s: here by ${(own / 1000).toFixed(1)} s${names.length === 0 ? '' : `, ${names.join(', ')}`}`,
  };
}

async function workerFindings(
  { address }: QueueConnection,
  book: QueueBook,
  ffmpeg: Ffmpeg | null,
): Promise<QueueFinding[]> {
  const workers = await book.workers(queueTimes().lockMs);
  if (workers.length === 0) {
    const detail = `none: start one with vsr worker --queue ${address.shown} --root name=folder`;
    return [{ topic: 'workers', ok: false, vital: false, detail }];
  }
  const own = ffmpeg === null ? null : await fingerprintOf(ffmpeg, { name: 'auto' });
  const fingerprints = await book.fingerprints();
  return [...new Set(workers.map(({ fingerprint }) => fingerprint))].map((id): QueueFinding => {
    const these = workers.filter(({ fingerprint }) => fingerprint === id);
    const roots = [...new Set(these.flatMap((worker) => worker.roots))].join(', ') || 'none';
    const parts = fingerprints.find((fingerprint) => fingerprint.id === id);
    const isOwn = own?.id === id;
    const how =
      isOwn || own === null || parts === undefined
        ? ''
        : `; they cannot help this machine: ${differences(own, parts)}`;
    const count = `${these.length} ${these.length === 1 ? 'worker' : 'workers'}`;
    return {
      ...{ topic: 'workers', ok: isOwn, vital: false },
      detail: `${count} of ${isOwn ? 'this machine’s kind' : 'another kind'} (${id}), roots ${roots}${how}`,
    };
  });
}
