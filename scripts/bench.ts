import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { locateFfmpeg, type Ffmpeg } from '../src/media/ffmpeg.js';
import { planOutput } from '../src/media/output-plan.js';
import { probe } from '../src/media/probe.js';
import { buildInferenceModel, networkOf, parameterCount } from '../src/model/network.js';
import { packageRoot } from '../src/package-root.js';
import { nativeSrModel } from './bench/native-sr-model.js';
import { medianOf, timed, type Cost } from './bench/timed-process.js';

/*
 * `npm run bench [-- --runs 3 --only end-to-end,reuse,peers,start --provider auto]`: what vsr takes against
 * what decoding, encoding and the bare network take alone, and beside its peers. Everything is measured
 * in one run, the middle one of `runs`; ratios are of CPU seconds, which other work on the machine
 * disturbs least. Prints tables and writes build/bench.json.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: 'end-to-end,reuse,peers,start' },
    provider: { type: 'string', default: 'cpu' },
  },
});
const runs = Number(values.runs);
const parts = new Set(values.only.split(','));
const cores = os.availableParallelism();
const root = packageRoot();
const vsr = path.join(root, 'bin/vsr.js');
const folder = path.join(os.tmpdir(), `vsr-bench-${process.pid}`);
const results: Record<string, unknown> = {
  date: new Date().toISOString(),
  machine: `${os.cpus()[0]?.model ?? 'unknown'}, ${cores} cores`,
  node: process.version,
  runs,
};

const seconds = (value: number): string => value.toFixed(2).padStart(8);
const measured = (command: string, args: readonly string[]): Promise<Cost> =>
  medianOf(runs, () => timed(command, args));
const upscale = (input: string, output: string, more: readonly string[] = []): Promise<Cost> =>
  measured(process.execPath, [
    ...[vsr, 'upscale', input, '-o', output, '--overwrite', '--quiet', '--crf', '18'],
    ...['--provider', values.provider, ...more],
  ]);

/** A clip in which everything moves: a zoom with grain on it. */
function makeClip(ffmpeg: Ffmpeg, size: string, frames: number): string {
  const file = path.join(folder, `zoom-${size}.mp4`);
  const picture = `mandelbrot=size=${size}:rate=25,noise=alls=6:allf=t,format=yuv420p`;
  execFileSync(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', picture, '-frames:v', String(frames)],
    ...['-c:v', 'libx264', '-crf', '18', file],
  ]);
  return file;
}

/** One clip against the sum of its parts. */
async function endToEnd(ffmpeg: Ffmpeg, width: number, height: number, frames: number) {
  const clip = makeClip(ffmpeg, `${width}x${height}`, frames);
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
  console.log(`\n${width}x${height} -> ${width * 2}x${height * 2}, ${frames} frames`);
  console.log('                          CPU s   wall s  peak MB');
  const rows = { decode, encode, session, 'vsr --no-log': noLog, 'vsr with log': log };
  for (const [name, cost] of Object.entries(rows)) {
    const peak = cost.peakMb === null ? '' : cost.peakMb.toFixed(0).padStart(8);
    console.log(
      `${name.padEnd(22)} ${seconds(cost.cpuSeconds)} ${seconds(cost.wallSeconds)} ${peak}`,
    );
  }
  const ratios = {
    cpuAgainstSum: noLog.cpuSeconds / sum,
    wallAgainstCores: noLog.wallSeconds / (noLog.cpuSeconds / cores),
    log: log.cpuSeconds / noLog.cpuSeconds,
    fps: frames / noLog.wallSeconds,
  };
  console.log(
    `vsr against the sum of its parts: ${ratios.cpuAgainstSum.toFixed(3)} (at most 1.10)`,
  );
  console.log(
    `wall against CPU over cores:      ${ratios.wallAgainstCores.toFixed(3)} (at most 1.15)`,
  );
  console.log(
    `the log's columns cost:           ${((ratios.log - 1) * 100).toFixed(1)} % (at most 8)`,
  );
  const costs = Object.fromEntries(
    Object.entries(rows).map(([name, { cpuSeconds, wallSeconds, peakMb }]) => [
      name,
      { cpuSeconds, wallSeconds, peakMb },
    ]),
  );
  return { ...ratios, costs };
}

/** Clips that repeat themselves, with and without copying what did not change. */
async function reuse() {
  const shared = path.join(root, '../shared/data/clips');
  const rows: Record<string, unknown> = {};
  for (const name of ['screen_casting.mp4', 'mediabunny_video_1080p.mp4']) {
    const clip = path.join(shared, name);
    const output = path.join(folder, 'reuse.mp4');
    try {
      const fast = await upscale(clip, output, ['--frames', '40']);
      const full = await upscale(clip, output, ['--frames', '40', '--no-reuse']);
      rows[name] = { fast: fast.cpuSeconds, full: full.cpuSeconds };
      console.log(
        `\n${name}: ${seconds(full.cpuSeconds)} CPU s whole, ${seconds(fast.cpuSeconds)} reusing`,
      );
    } catch (error) {
      console.log(`\n${name}: not measured (${String(error).split('\n').at(-1)})`);
    }
  }
  return rows;
}

/** ffmpeg's `sr` filter with the same network. */
async function peers(ffmpeg: Ffmpeg) {
  const filters = execFileSync(ffmpeg.ffmpeg, ['-v', 'error', '-filters']).toString();
  if (!/ sr /.test(filters)) {
    console.log('\nThis ffmpeg has no sr filter: no peer measured.');
    return null;
  }
  const network = networkOf('espcn', 2);
  const weights = new Float32Array(parameterCount(network)).fill(0.001);
  const [onnx, native] = [path.join(folder, 'espcn.onnx'), path.join(folder, 'espcn.model')];
  await writeFile(onnx, buildInferenceModel(network, weights));
  await writeFile(native, nativeSrModel(network, weights));
  const frames = 30;
  const clip = makeClip(ffmpeg, '640x360', frames);
  const ours = await upscale(clip, path.join(folder, 'ours.mp4'), ['--no-log', '--model', onnx]);
  const filter = `sr=dnn_backend=native:scale_factor=2:model=${native}`;
  const sr = await timed(ffmpeg.ffmpeg, [
    ...['-v', 'error', '-y', '-i', clip, '-frames:v', '2', '-vf', filter],
    ...['-c:v', 'libx264', '-crf', '18', path.join(folder, 'sr.mp4')],
  ]);
  const [a, b] = [ours.wallSeconds / frames, sr.wallSeconds / 2];
  console.log(`\nESPCN 64-32, 640x360 to 1280x720, seconds a frame end to end (${ffmpeg.version})`);
  console.log(
    `vsr ${a.toFixed(3)}, ffmpeg's sr ${b.toFixed(2)}: ${(b / a).toFixed(0)} times faster`,
  );
  return { vsrSecondsPerFrame: a, srSecondsPerFrame: b, ratio: b / a };
}

/** Start-up: the help text, and a whole job of one frame. */
async function start(ffmpeg: Ffmpeg) {
  const clip = makeClip(ffmpeg, '320x180', 1);
  const help = await measured(process.execPath, [vsr, '--help']);
  const one = await upscale(clip, path.join(folder, 'one.mp4'), ['--no-log']);
  const [helpMs, oneFrameMs] = [help.wallSeconds * 1000, one.wallSeconds * 1000];
  console.log(
    `\nvsr --help: ${helpMs.toFixed(0)} ms; a whole job of one frame: ${oneFrameMs.toFixed(0)} ms`,
  );
  return { helpMs, oneFrameMs };
}

await mkdir(folder, { recursive: true });
try {
  const ffmpeg = await locateFfmpeg();
  console.log(`${String(results['machine'])}, node ${process.version}, ffmpeg ${ffmpeg.version}`);
  if (parts.has('start')) results['start'] = await start(ffmpeg);
  if (parts.has('end-to-end')) {
    results['360p'] = await endToEnd(ffmpeg, 640, 360, 150);
    results['1080p'] = await endToEnd(ffmpeg, 1920, 1080, 24);
  }
  if (parts.has('reuse')) results['reuse'] = await reuse();
  if (parts.has('peers')) results['peers'] = await peers(ffmpeg);
  const file = path.join(root, 'build/bench.json');
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nWritten: ${file}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
