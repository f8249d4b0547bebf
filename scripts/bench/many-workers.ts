import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { queueAddress } from '../../src/queue/redis/address.js';
import { QueueBook, type WorkerEntry } from '../../src/queue/redis/book.js';
import { connectQueue } from '../../src/queue/redis/connection.js';
import { queueTimes } from '../../src/queue/times.js';

/** The name of the stand-ins' queue in Redis. */
const name = 'vsr-stand-ins';

/** Stand-ins per process; each has its own connections, as a real worker has. */
const perProcess = 250;

/** What many stand-ins, which wait where workers would enlarge, cost the Redis server. */
export type ManyWorkers = {
  readonly workers: number;
  readonly addedPerSecond: number;
  readonly bytesPerJob: number;
  readonly segmentsPerSecond: number;
  readonly serverPercent: number;
  readonly serverMb: number;
  readonly connections: number;
};

/** A number in the answer to Redis's INFO. */
function figure(info: string, key: string): number {
  return Number(new RegExp(`^${key}:([\\d.]+)`, 'm').exec(info)?.[1] ?? NaN);
}

/** One process of stand-ins: a segment takes `seconds`, with a progress note each second. */
async function standIns(url: string, seconds: number, workers: number): Promise<void> {
  const connection = await connectQueue(queueAddress({ url }));
  const book = new QueueBook(connection.redis);
  const times = queueTimes();
  for (let i = 0; i < workers; i++) {
    const id = `${process.pid}-${i}`;
    const worker = new connection.libraries.bull.Worker(
      name,
      async (job) => {
        for (let second = 1; second <= seconds; second++) {
          await sleep(1000);
          const run = { from: Number(job.data), to: Number(job.data) + 1 };
          await book.noteProgress('stand-in', run, { frames: second * 25, psnr: 40 });
        }
      },
      {
        connection: connection.options,
        lockDuration: times.lockMs,
        stalledInterval: times.stalledMs,
        drainDelay: 5,
        skipVersionCheck: true,
      },
    );
    worker.on('error', () => {});
    const entry: WorkerEntry = {
      ...{ id, name: id, fingerprint: 'stand-in', roots: [], since: new Date().toISOString() },
      ...{ doing: null, segmentsDone: 0, failures: 0, clockMs: 0 },
    };
    setInterval(() => void book.noteWorker(entry).catch(() => {}), times.heartbeatMs);
  }
  process.send?.('ready');
}

/** Measures `workers` stand-ins over `watchSeconds`; each of their segments takes `seconds`. */
export async function measureWorkers(
  url: string,
  { workers, seconds, watchSeconds }: { workers: number; seconds: number; watchSeconds: number },
): Promise<ManyWorkers> {
  await using connection = await connectQueue(queueAddress({ url }));
  const jobs = connection.queue(name);
  const info = async (): Promise<string> => connection.redis.info();
  const before = figure(await info(), 'used_memory');
  const count = Math.ceil((workers / seconds) * (watchSeconds + 30));
  const addedAt = performance.now();
  for (let from = 0; from < count; from += 1000) {
    const some = Array.from({ length: Math.min(1000, count - from) }, (_, i) => ({
      name: 'segments',
      data: from + i,
      opts: { priority: 1 + from + i, removeOnComplete: true },
    }));
    await jobs.addBulk(some);
  }
  const addedPerSecond = (count * 1000) / (performance.now() - addedAt);
  const bytesPerJob = (figure(await info(), 'used_memory') - before) / count;
  const children: ChildProcess[] = [];
  try {
    const file = fileURLToPath(import.meta.url);
    for (let left = workers; left > 0; left -= perProcess) {
      const here = Math.min(left, perProcess);
      children.push(fork(file, ['stand-ins', url, String(seconds), String(here)]));
    }
    await Promise.all(
      children.map((child) => new Promise((resolve) => child.once('message', resolve))),
    );
    await sleep(10_000);
    const cpu = (text: string): number =>
      figure(text, 'used_cpu_sys') + figure(text, 'used_cpu_user');
    const waiting = async (): Promise<number> =>
      (await jobs.getJobCounts('prioritized'))['prioritized'] ?? 0;
    const [first, left, at] = [await info(), await waiting(), performance.now()];
    await sleep(watchSeconds * 1000);
    const [second, leftNow] = [await info(), await waiting()];
    const took = (performance.now() - at) / 1000;
    return {
      workers,
      addedPerSecond,
      bytesPerJob,
      segmentsPerSecond: (left - leftNow) / took,
      serverPercent: ((cpu(second) - cpu(first)) / took) * 100,
      serverMb: figure(second, 'used_memory') / 1e6,
      connections: figure(second, 'connected_clients'),
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

if (process.argv[2] === 'stand-ins') {
  await standIns(process.argv[3]!, Number(process.argv[4]), Number(process.argv[5]));
}
