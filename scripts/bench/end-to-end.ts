import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { planOutput } from '../../src/media/output/output-plan.js';
import { probe } from '../../src/media/source/probe.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import type { StageSeconds } from '../../src/metrics/sidecar-schema.js';
import type { Bench } from './setting.js';
import type { Cost } from './timed-process.js';

/**
 * Compares the time that vsr takes for clips of several sizes with the sum of its steps, each run
 * alone. A large clip has fewer frames.
 */
export async function endToEnd(bench: Bench): Promise<unknown> {
  const rows: Record<string, unknown> = {};
  for (const { width, height } of bench.sizes) {
    const frames = width * height > 1e6 ? 24 : 150;
    rows[`${width}x${height}`] = await oneSize(bench, width, height, frames);
  }
  return rows;
}

type Summary = {
  readonly outcomes: readonly { readonly summary: { readonly stages?: StageSeconds } }[];
};

/** Seconds that each stage of a job took, from its summary. */
function stagesOf({ stdout }: Cost): StageSeconds {
  const stages = (JSON.parse(stdout) as Summary).outcomes[0]?.summary.stages;
  if (stages === undefined) throw new Error('Expected a job that enlarged something.');
  return stages;
}

/** The costs of each step alone, on the very frames that vsr works with. */
async function partsAlone(
  bench: Bench,
  clip: string,
  model: string,
  [width, height, frames]: readonly [number, number, number],
): Promise<Record<'decode' | 'encode' | 'session', Cost>> {
  const { ffmpeg, folder, root, vsr, measured } = bench;
  const size = `${width * 2}x${height * 2}`;
  const decode = await measured(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', clip, '-f', 'rawvideo', '/dev/null'],
  ]);
  // Lossless: a lossy encoder would make the frames smoother, and cheaper to encode than those that
  // vsr encodes.
  const lossless = path.join(folder, 'lossless.mkv');
  execFileSync(process.execPath, [
    ...[vsr, 'upscale', clip, '-o', lossless, '--codec', 'ffv1', '--no-log', '--quiet'],
    ...['--overwrite', '--provider', bench.provider],
  ]);
  const raw = path.join(folder, 'out.yuv');
  execFileSync(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', lossless, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', raw],
  ]);
  await rm(lossless);
  const output = path.join(folder, 'out.mp4');
  const request = { output, codec: 'auto', crf: 18, width: width * 2, height: height * 2 } as const;
  const { encoderArgs } = await planOutput(ffmpeg, await probe(ffmpeg, clip), request);
  const encode = await measured(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-r', '25'],
    ...['-s', size, '-i', raw, ...encoderArgs, `${raw}.mp4`],
  ]);
  await rm(raw);
  const bare = path.join(root, 'build/scripts/bench/bare-session.js');
  const words = [`${width}`, `${height}`, `${frames}`, model];
  const session = await measured(process.execPath, [bare, ...words]);
  return { decode, encode, session };
}

/** Measures a clip of one size and prints its costs and ratios. */
async function oneSize(bench: Bench, width: number, height: number, frames: number) {
  const { folder, cores, upscale, say } = bench;
  const clip = bench.makeClip(`${width}x${height}`, frames);
  const output = path.join(folder, 'out.mp4');
  const noLog = await upscale(clip, output, ['--no-log']);
  const log = await upscale(clip, output);
  const { model } = await readSidecar(`${output}.vsr.json`);
  const parts = await partsAlone(bench, clip, model.passes[0]!.name, [width, height, frames]);
  const sum = Object.values(parts).reduce((all, { cpuSeconds }) => all + cpuSeconds, 0);
  const rows = { ...parts, 'vsr --no-log': noLog, 'vsr with log': log };
  say(`\n${width}x${height} -> ${width * 2}x${height * 2}, ${frames} frames`);
  say(`${''.padEnd(14)}    CPU s   wall s  peak MB      fps`);
  for (const [name, cost] of Object.entries(rows)) {
    const peak = cost.peakMb === null ? '' : cost.peakMb.toFixed(0);
    const figures = [cost.cpuSeconds.toFixed(2), cost.wallSeconds.toFixed(2), peak];
    const fps = (frames / cost.wallSeconds).toFixed(1);
    say(`${name.padEnd(14)} ${[...figures, fps].map((text) => text.padStart(8)).join(' ')}`);
  }
  const stages = stagesOf(log);
  const text = (names: readonly (keyof StageSeconds)[]): string =>
    names.map((name) => `${name} ${stages[name].toFixed(2)}`).join(', ');
  say(`with log, main thread's seconds: ${text(['decode', 'wait', 'encode', 'log'])}`);
  say(`          all threads' seconds:  ${text(['inference', 'chroma', 'scores'])}`);
  const ratios = {
    cpuAgainstSum: noLog.cpuSeconds / sum,
    cpuWithLogAgainstSum: log.cpuSeconds / sum,
    wallAgainstCores: noLog.wallSeconds / (noLog.cpuSeconds / cores),
    log: log.cpuSeconds / noLog.cpuSeconds,
    fps: frames / noLog.wallSeconds,
  };
  const { cpuAgainstSum, cpuWithLogAgainstSum, wallAgainstCores } = ratios;
  say(
    `CPU against the sum of its parts: ${cpuAgainstSum.toFixed(3)} (at most 1.10), with log ${cpuWithLogAgainstSum.toFixed(3)}`,
  );
  say(
    `wall against CPU over cores:      ${wallAgainstCores.toFixed(3)} (at most 1.15, on an idle machine)`,
  );
  say(`the log's columns cost:           ${((ratios.log - 1) * 100).toFixed(1)} % (at most 8)`);
  const costs = Object.fromEntries(
    Object.entries(rows).map(([name, { cpuSeconds, wallSeconds, peakMb }]) => [
      name,
      { cpuSeconds, wallSeconds, peakMb },
    ]),
  );
  return { ...ratios, costs, stages: { noLog: stagesOf(noLog), log: stages } };
}
