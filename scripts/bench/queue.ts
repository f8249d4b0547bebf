import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../../test/support/redis.js';
import { measureWorkers } from './many-workers.js';
import { removeJob, type Bench } from './setting.js';
import { timed } from './timed-process.js';

/** Frames and size of the clip whose overhead is measured: about 70 s of CPU. */
const clip = { size: '320x180', frames: 1500 };

/** Ticks a second of the kernel's accounts. */
const ticks = 100;

/** A worker under way, and what it has said. */
type Running = { readonly child: ChildProcess; readonly said: () => string };

function startWorker(vsr: string, url: string, root: string): Running {
  const child = spawn(process.execPath, [vsr, 'worker', '--queue', url, '--root', `b=${root}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (part: Buffer) => (text += part.toString()));
  return { child, said: () => text };
}

async function until(worker: Running, pattern: RegExp): Promise<number> {
  while (!pattern.test(worker.said())) {
    if (worker.child.exitCode !== null) throw new Error(`a worker ended: ${worker.said()}`);
    await sleep(20);
  }
  return performance.now();
}

/** CPU seconds of a process and of the children that it has waited for. */
function cpuSeconds({ child }: Running): number {
  const text = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place]), 0) / ticks;
}

/**
 * What a queue costs a clip, how soon the job of a killed worker is begun by another, and what a
 * thousand workers cost Redis.
 */
export async function queue(bench: Bench): Promise<unknown> {
  const { folder, vsr, say, makeClip } = bench;
  await using redis = await startRedis({ log: true });
  const root = path.join(folder, 'shared');
  await mkdir(root);
  const input = path.join(root, 'clip.mp4');
  await rename(makeClip(clip.size, clip.frames), input);
  const command = (output: string): string[] => [
    ...[vsr, 'upscale', input, '-o', path.join(root, output), '--quiet', '--segment-seconds', '5'],
  ];
  const there = ['--queue', redis.url, '--root', `b=${root}`];
  const alone = await timed(process.execPath, command('alone.mp4'));
  const worker = startWorker(vsr, redis.url, root);
  let taken: number;
  let together: number;
  try {
    await until(worker, /ready as/);
    const before = cpuSeconds(worker);
    const submitted = await timed(process.execPath, [...command('queue.mp4'), ...there]);
    together = submitted.cpuSeconds + cpuSeconds(worker) - before;
    // A killed worker: from the kill to the first word of another about the same clip.
    await removeJob(path.join(root, 'queue.mp4'));
    const seen = worker.said().length;
    const again = timed(process.execPath, [...command('killed.mp4'), ...there]);
    again.catch(() => {});
    await until(worker, new RegExp(`^[^]{${seen}}[^]*segment`));
    const first = /segments? (\d+)/.exec(worker.said().slice(seen))![1]!;
    worker.child.kill('SIGKILL');
    const at = performance.now();
    const other = startWorker(vsr, redis.url, root);
    try {
      taken = ((await until(other, new RegExp(`segments? ${first}\\b`))) - at) / 1000;
      await again;
    } finally {
      other.child.kill('SIGKILL');
    }
  } finally {
    worker.child.kill('SIGKILL');
  }
  const more = together - alone.cpuSeconds;
  const percent = (more / alone.cpuSeconds) * 100;
  const segments = Math.ceil(clip.frames / 25 / 5);
  say(
    `\nA clip of ${clip.frames} frames, ${clip.size}: alone ${alone.cpuSeconds.toFixed(1)} CPU s,`,
  );
  say(
    `by a queue ${together.toFixed(1)}: ${percent.toFixed(1)} % more (at most 2), ${(more / segments).toFixed(2)} s a segment`,
  );
  say(`a killed worker's job is begun by another after ${taken.toFixed(1)} s (at most 25)`);
  const many = await measureWorkers(redis.url, { workers: 1000, seconds: 5, watchSeconds: 20 });
  say(
    `${many.workers} workers: ${many.segmentsPerSecond.toFixed(0)} segments a second, Redis ${many.serverPercent.toFixed(0)} % of a core, ${many.serverMb.toFixed(0)} MB, ${many.connections} connections`,
  );
  say(
    `adding: ${many.addedPerSecond.toFixed(0)} jobs a second, ${many.bytesPerJob.toFixed(0)} bytes each`,
  );
  return {
    ...{ alone: alone.cpuSeconds, together, percent, takeoverSeconds: taken, many },
  };
}
