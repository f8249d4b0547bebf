import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { planOutput } from '../../src/media/output/output-plan.js';
import { probe } from '../../src/media/source/probe.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import type { Bench } from './setting.js';

/**
 * Clips whose frames change little, and how many times faster reuse should make their inference.
 */
const clips = [
  { name: 'screen_casting.mp4', wanted: 8 },
  { name: 'screen_jupyter.gif', wanted: 8 },
  { name: 'mediabunny_video_1080p.mp4', wanted: 2 },
] as const;

/** Frames measured without reuse: all cost the same, so a few are enough. */
const few = 24;

/**
 * Compares inference with and without reuse of unchanged areas: on clips whose frames change
 * little, and on one in which everything moves.
 */
export async function reuse(bench: Bench): Promise<unknown> {
  const { root, say } = bench;
  const rows: Record<string, unknown> = {};
  for (const { name, wanted } of clips) {
    const clip = path.join(root, '../shared/data/clips', name);
    if (existsSync(clip)) rows[name] = await oneClip(bench, clip, wanted);
    else say(`\n${name}: not measured, since ${clip} is not there`);
  }
  const moving = bench.makeClip('640x360', 100);
  const more = ['--no-log', '--frames', '100'];
  const output = path.join(bench.folder, 'moving.mp4');
  const [fast, full] = [
    await bench.upscale(moving, output, more),
    await bench.upscale(moving, output, [...more, '--no-reuse']),
  ];
  const cost = fast.cpuSeconds / full.cpuSeconds - 1;
  say(`\nwhere everything moves it costs ${(cost * 100).toFixed(1)} % CPU (under 2)`);
  return { ...rows, costWhereAllMoves: cost };
}

async function oneClip(bench: Bench, clip: string, wanted: number) {
  const { ffmpeg, folder, root, measured, upscale, say } = bench;
  const output = path.join(folder, 'reuse.mp4');
  const { cpuSeconds } = await upscale(clip, output, ['--no-log']);
  const { reusedShare, source, model, output: made } = await readSidecar(`${output}.vsr.json`);
  const { frames } = made;
  const { width, height } = source;
  // The upscaler alone: in a whole job the encoder competes with it for the cores, the more the
  // faster the upscaler is.
  const alone = async (...how: readonly string[]): Promise<number> => {
    const script = path.join(root, 'build/scripts/bench/upscaler-cpu.js');
    const models = model.passes.map((pass) => pass.name).join(',');
    const { stdout } = await measured(process.execPath, [script, clip, models, ...how]);
    return (JSON.parse(stdout) as { cpuMs: number }).cpuMs;
  };
  const speedup = (await alone('full', `${few}`)) / (await alone('reuse'));
  const decode = await measured(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', clip, '-f', 'rawvideo', '/dev/null'],
  ]);
  const raw = path.join(folder, 'reuse.yuv');
  execFileSync(ffmpeg.ffmpeg, ['-v', 'error', '-y', '-i', output, '-f', 'rawvideo', raw]);
  const request = { output, codec: 'auto', crf: 18, width: width * 2, height: height * 2 } as const;
  const { encoderArgs, pixelFormat } = await planOutput(ffmpeg, await probe(ffmpeg, clip), request);
  const encode = await measured(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', pixelFormat, '-r', '25'],
    ...['-s', `${width * 2}x${height * 2}`, '-i', raw, ...encoderArgs, `${raw}.mp4`],
  ]);
  await rm(raw);
  const bare = path.join(root, 'build/scripts/bench/bare-session.js');
  const words = [`${width}`, `${height}`, `${few}`, model.passes[0]!.name];
  const session = (await measured(process.execPath, [bare, ...words])).cpuSeconds / few;
  const remaining = (session * frames) / speedup;
  const parts = decode.cpuSeconds + encode.cpuSeconds + remaining;
  const against = cpuSeconds / parts;
  say(
    `\n${path.basename(clip)}, ${width}x${height}, ${frames} frames, ${(reusedShare * 100).toFixed(0)} % copied`,
  );
  say(`inference ${speedup.toFixed(2)} times faster (at least ${wanted})`);
  say(
    `whole job ${cpuSeconds.toFixed(2)} CPU s; decoding ${decode.cpuSeconds.toFixed(2)}, encoding ${encode.cpuSeconds.toFixed(2)}, remaining inference ${remaining.toFixed(2)}`,
  );
  say(
    `against decoding, encoding and the remaining inference: ${against.toFixed(2)} (at most 1.25)`,
  );
  return { speedup, against, frames, cpuSeconds, parts };
}
