import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { planOutput } from '../../src/media/output-plan.js';
import { probe } from '../../src/media/probe.js';
import type { Bench } from './setting.js';

const seconds = (value: number): string => value.toFixed(2).padStart(8);

/** What vsr takes for a 360p and a 1080p clip against what its parts take alone. */
export async function endToEnd(bench: Bench): Promise<unknown> {
  return {
    '360p': await oneSize(bench, 640, 360, 150),
    '1080p': await oneSize(bench, 1920, 1080, 24),
  };
}

/** One clip against the sum of its parts. */
async function oneSize(bench: Bench, width: number, height: number, frames: number) {
  const { ffmpeg, folder, root, cores, measured, upscale, say } = bench;
  const clip = bench.makeClip(`${width}x${height}`, frames);
  const output = path.join(folder, 'out.mp4');
  const noLog = await upscale(clip, output, ['--no-log']);
  const log = await upscale(clip, output);
  const decode = await measured(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', clip, '-f', 'rawvideo', '/dev/null'],
  ]);
  const raw = path.join(folder, 'out.yuv');
  execFileSync(ffmpeg.ffmpeg, ['-v', 'error', '-y', '-i', output, '-f', 'rawvideo', raw]);
  const request = { output, codec: 'auto', crf: 18, width: width * 2, height: height * 2 } as const;
  const { encoderArgs } = await planOutput(ffmpeg, await probe(ffmpeg, clip), request);
  const encode = await measured(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-r', '25'],
    ...['-s', `${width * 2}x${height * 2}`, '-i', raw, ...encoderArgs, `${raw}.mp4`],
  ]);
  await rm(raw);
  const bare = path.join(root, 'build/scripts/bench/bare-session.js');
  const session = await measured(process.execPath, [bare, `${width}`, `${height}`, `${frames}`]);
  const sum = decode.cpuSeconds + encode.cpuSeconds + session.cpuSeconds;
  say(`\n${width}x${height} -> ${width * 2}x${height * 2}, ${frames} frames`);
  say('                          CPU s   wall s  peak MB');
  const rows = { decode, encode, session, 'vsr --no-log': noLog, 'vsr with log': log };
  for (const [name, cost] of Object.entries(rows)) {
    const peak = cost.peakMb === null ? '' : cost.peakMb.toFixed(0).padStart(8);
    say(`${name.padEnd(22)} ${seconds(cost.cpuSeconds)} ${seconds(cost.wallSeconds)} ${peak}`);
  }
  const ratios = {
    cpuAgainstSum: noLog.cpuSeconds / sum,
    wallAgainstCores: noLog.wallSeconds / (noLog.cpuSeconds / cores),
    log: log.cpuSeconds / noLog.cpuSeconds,
    fps: frames / noLog.wallSeconds,
  };
  say(`vsr against the sum of its parts: ${ratios.cpuAgainstSum.toFixed(3)} (at most 1.10)`);
  say(`wall against CPU over cores:      ${ratios.wallAgainstCores.toFixed(3)} (at most 1.15)`);
  say(`the log's columns cost:           ${((ratios.log - 1) * 100).toFixed(1)} % (at most 8)`);
  const costs = Object.fromEntries(
    Object.entries(rows).map(([name, { cpuSeconds, wallSeconds, peakMb }]) => [
      name,
      { cpuSeconds, wallSeconds, peakMb },
    ]),
  );
  return { ...ratios, costs };
}
