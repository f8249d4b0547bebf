import type { FlowProducer, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf, VsrError } from '../../errors.js';
import { queueTimes } from '../times.js';
import type { QueueAddress } from './address.js';
import { queueLibraries, type QueueLibraries } from './libraries.js';

/** Options of a connection to Redis. */
export type ConnectionOptions = ReturnType<typeof redisOptions>;

/** Milliseconds that the first connection may take. */
const connectMs = 5_000;

/** Milliseconds between attempts to connect again, at most. */
const mostRetryMs = 3_000;

/** Connections to a queue's server. Disposing closes them. */
export interface QueueConnection extends AsyncDisposable {
  readonly address: QueueAddress;
  readonly libraries: QueueLibraries;
  readonly redis: Redis;
  /** Options for further connections. */
  readonly options: ConnectionOptions;
  /**
   * After this call a lost connection is not made again: calls to a server that is away fail,
   * instead of waiting until it comes back.
   */
  stopReconnecting(): void;
  /** The jobs for the workers of one fingerprint; `name` is from `queueName`. */
  queue(name: string): Queue;
  readonly flows: FlowProducer;
}

/** Options of connections to `address`, which are made again after an outage while `isWanted`. */
function redisOptions(address: QueueAddress, name: string, isWanted: () => boolean) {
  const { host, port, db, username, password, tls, ca } = address;
  return {
    ...{ host, port, db, connectionName: name },
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: ca === null ? {} : { ca } } : {}),
    connectTimeout: connectMs,
    // Otherwise a connection that has silently died would block its worker for ever.
    socketTimeout: queueTimes().socketMs,
    // Calls wait for as long as the server is away, or until the user ends the process.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => (isWanted() ? Math.min(times * 250, mostRetryMs) : null),
  };
}

/** What to do where a server does not let this machine in; `null` where that is not the cause. */
export function accessAdvice(said: string): string | null {
  if (/NOAUTH|WRONGPASS|NOPERM|AUTH/.test(said)) {
    return 'Name the password in VSR_QUEUE_PASSWORD or with --queue-password-file.';
  }
  return /certificate|self-signed|SSL|TLS/i.test(said)
    ? 'Name the certificate to trust with --queue-ca.'
    : null;
}

/** The error of a queue that cannot be reached, with advice. */
function unreachable(address: QueueAddress, error: unknown): VsrError {
  const said = messageOf(error);
  const advice =
    accessAdvice(said) ?? 'Is Redis running there, and does its port let this machine in?';
  return new VsrError(
    'queue',
    `The queue ${address.shown} cannot be reached: ${said.replace(/\.$/, '')}. ${advice}`,
    { cause: error },
  );
}

/** Tries to connect to the server once, within `connectMs`. Throws VsrError `queue`. */
async function reach(
  libraries: QueueLibraries,
  address: QueueAddress,
  options: ConnectionOptions,
): Promise<void> {
  const probe = new libraries.Redis({
    ...options,
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let said: unknown;
  probe.on('error', (error) => (said = error));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${connectMs / 1000} s`)),
      connectMs,
    );
  });
  try {
    await Promise.race([probe.connect().then(() => probe.ping()), late]);
  } catch (error) {
    throw unreachable(address, said ?? error);
  } finally {
    clearTimeout(timer);
    probe.disconnect();
  }
}

/**
 * Connects to a queue. Throws VsrError `queue` where it cannot be reached at first; later outages
 * are waited out, and reported to `onTrouble`.
 */
export async function connectQueue(
  address: QueueAddress,
  onTrouble: (error: Error) => void = () => {},
): Promise<QueueConnection> {
  const libraries = queueLibraries();
  let isWanted = true;
  const options = redisOptions(address, 'vsr', () => isWanted);
  await reach(libraries, address, options);
  const redis = new libraries.Redis(options);
  redis.on('error', onTrouble);
  const queues = new Map<string, Queue>();
  let flows: FlowProducer | undefined;
  const quiet = { connection: redis, skipVersionCheck: true };
  return {
    ...{ address, libraries, redis, options },
    stopReconnecting: () => void (isWanted = false),
    queue(name) {
      const known = queues.get(name);
      if (known !== undefined) return known;
      const made = new libraries.bull.Queue(name, quiet);
      made.on('error', () => {}); // This connection reports its own trouble.
      queues.set(name, made);
      return made;
    },
    get flows() {
      if (flows === undefined) {
        flows = new libraries.bull.FlowProducer(quiet);
        flows.on('error', () => {});
      }
      return flows;
    },
    async [Symbol.asyncDispose]() {
      // Disconnected first: calls that wait for a server that is away must not delay closing.
      redis.disconnect();
      await Promise.allSettled([flows?.close(), ...[...queues.values()].map((one) => one.close())]);
    },
  };
}
