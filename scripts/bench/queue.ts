import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../../test/support/redis.js';
import { measureWorkers } from './many-workers.js';
import type { Bench } from './setting.js';
import { timed } from './timed-process.js';

/** The size of the clip whose overhead is measured; the default 1,500 frames take 70 s of CPU. */
const size = '320x180';

/** Frames between keyframes, two seconds, so that segments can end where they are meant to. */
const keyframeEvery = 50;

/** Ticks per second in /proc/<pid>/stat. */
const ticks = 100;

/** A running worker, and all that it has printed. */
type Running = { readonly child: ChildProcess; readonly said: () => string };

function startWorker(vsr: string, url: string, more: readonly string[]): Running {
  const child = spawn(process.execPath, [vsr, 'worker', '--queue', url, ...more], {
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

/** Segments that a worker has reported as done. */
function segmentsDone({ said }: Running): number {
  return [...said().matchAll(/segments? (\d+)(?: to (\d+))? of .*: done/g)].reduce(
    (sum, [, first, last = first]) => sum + Number(last) - Number(first) + 1,
    0,
  );
}

/** What a way over a queue takes; `more` and `ratio` against the run alone of the same turn. */
type Way = { readonly cpuSeconds: number; readonly more: number; readonly ratio: number };

/** CPU seconds that a submission and its one worker take together, and the segments done. */
async function costTogether(
  { vsr }: Bench,
  url: string,
  worker: readonly string[],
  command: readonly string[],
): Promise<{ cpuSeconds: number; segments: number }> {
  const running = startWorker(vsr, url, worker);
  try {
    await until(running, /ready as/);
    const before = cpuSeconds(running);
    const submitted = await timed(process.execPath, command);
    return {
      cpuSeconds: submitted.cpuSeconds + cpuSeconds(running) - before,
      segments: segmentsDone(running),
    };
  } finally {
    running.child.kill('SIGKILL');
  }
}

/** Seconds from the killing of a worker until another one begins the same segments. */
async function takeoverSeconds(
  { vsr }: Bench,
  url: string,
  worker: readonly string[],
  command: readonly string[],
): Promise<number> {
  const victim = startWorker(vsr, url, worker);
  let other: Running | undefined;
  try {
    await until(victim, /ready as/);
    const run = timed(process.execPath, command);
    run.catch(() => {});
    await until(victim, /segments? \d/);
    const first = /segments? (\d+)/.exec(victim.said())![1]!;
    victim.child.kill('SIGKILL');
    const at = performance.now();
    other = startWorker(vsr, url, worker);
    const taken = ((await until(other, new RegExp(`segments? ${first}\\b`))) - at) / 1000;
    await run;
    return taken;
  } finally {
    victim.child.kill('SIGKILL');
    other?.child.kill('SIGKILL');
  }
}

/**
 * Measures how much more CPU time a clip takes by a queue, with a shared folder and without one;
 * how soon another worker begins the job of a killed one; and the load of a thousand workers on
 * Redis.
 */
export async function queue(bench: Bench): Promise<unknown> {
  const { folder, vsr, say, makeClip, queue: wished } = bench;
  await using redis = await startRedis({ log: true });
  const root = path.join(folder, 'shared');
  await mkdir(root);
  const input = path.join(root, 'clip.mp4');
  await rename(makeClip(size, wished.frames, keyframeEvery), input);
  const command = (output: string, ...more: string[]): string[] => [
    ...[vsr, 'upscale', input, '-o', path.join(root, output), '--quiet', '--segment-seconds', '5'],
    ...more,
  ];
  const rooted = ['--root', `b=${root}`];
  const there = ['--queue', redis.url];
  // The three are run in turns, so that other work on the machine disturbs them alike. The first
  // turn does not count: in it results are cached (trials of the encoder and the muxer, how
  // strongly the clip is compressed), which would burden only the first of the three.
  const turns: { alone: number; byRoot: number; byShare: number }[] = [];
  let segments = 0;
  for (let turn = -1; turn < bench.runs; turn++) {
    const withRoot = command(`root-${turn}.mp4`, ...there, ...rooted);
    const withShare = command(`share-${turn}.mp4`, ...there, '--share');
    const alone = await timed(process.execPath, command(`alone-${turn}.mp4`));
    const byRoot = await costTogether(bench, redis.url, rooted, withRoot);
    const byShare = await costTogether(bench, redis.url, [], withShare);
    segments = byRoot.segments;
    if (turn < 0) continue;
    turns.push({
      alone: alone.cpuSeconds,
      byRoot: byRoot.cpuSeconds,
      byShare: byShare.cpuSeconds,
    });
  }
  const middleOf = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[values.length >> 1]!;
  const alone = middleOf(turns.map((turn) => turn.alone));
  // Against the run alone of the same turn: what else the machine does changes from turn to turn.
  const [byRoot, byShare] = (['byRoot', 'byShare'] as const).map((way) => ({
    cpuSeconds: middleOf(turns.map((turn) => turn[way])),
    more: middleOf(turns.map((turn) => turn[way] - turn.alone)),
    ratio: middleOf(turns.map((turn) => turn[way] / turn.alone)),
  })) as [Way, Way];
  const taken = await takeoverSeconds(
    bench,
    redis.url,
    rooted,
    command('killed.mp4', ...there, ...rooted),
  );
  const more = (way: Way): string =>
    `${way.cpuSeconds.toFixed(1)} CPU s; ${way.ratio.toFixed(3)} of alone, ${way.more.toFixed(1)} s more, medians of the turns`;
  say(
    `\nA clip of ${wished.frames} frames, ${size}, ${segments} segments: ${alone.toFixed(1)} CPU s alone, median of ${turns.length} turns`,
  );
  say(`by a queue, over a shared folder: ${more(byRoot)} (at most 1.02 for 70 s and more)`);
  say(`by a queue, with --share:         ${more(byShare)}`);
  say(`a killed worker's job is begun by another after ${taken.toFixed(1)} s (at most 25)`);
  const many = await measureWorkers(redis.url, {
    ...{ workers: wished.workers, seconds: 5, watchSeconds: 20 },
  });
  say(
    `${many.workers} workers: ${many.segmentsPerSecond.toFixed(0)} segments per second, Redis ${many.serverPercent.toFixed(0)} % of a core, ${many.serverMb.toFixed(0)} MB, ${many.connections} connections`,
  );
  say(
    `adding: ${many.addedPerSecond.toFixed(0)} jobs per second, ${many.bytesPerJob.toFixed(0)} bytes each`,
  );
  return { alone, byRoot, byShare, segments, turns, takeoverSeconds: taken, many };
}
