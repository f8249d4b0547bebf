import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { messageOf } from '../../src/errors.js';
import { chooseChain } from '../../src/model/catalogue/chain.js';
import { qualities } from '../../src/model/catalogue/quality.js';
import {
  candidatesFor,
  type ProviderName,
  providerNames,
} from '../../src/model/runtime/providers.js';
import { withGpuMemory } from './gpu-memory.js';
import type { Bench, ClipSize } from './setting.js';
import { timed } from './timed-process.js';

/** Frames of the clip that jobs take their first ones of. */
const most = 1000;

/** Frames of a whole job: about five seconds of the upscaler's work. */
const framesAt = (fps: number): number => Math.min(most, Math.max(6, Math.round(5 * fps)));

/** A clip of `most` frames: two seconds again and again, since making it would take longest. */
function longClip({ ffmpeg, folder, makeClip }: Bench, { width, height }: ClipSize): string {
  const short = makeClip(`${width}x${height}`, 50);
  const file = path.join(folder, `long-${width}x${height}.mp4`);
  const loop = ['-stream_loop', String(most / 50 - 1), '-i', short, '-c', 'copy', file];
  execFileSync(ffmpeg.ffmpeg, ['-v', 'error', '-y', ...loop]);
  return file;
}

/** The devices to measure: those that `auto` would try, or the one asked for by name. */
function devices(asked: string): ProviderName[] {
  const named = providerNames.find((name) => name === asked && name !== 'cpu');
  const all = candidatesFor({ name: named ?? 'auto' }).map(({ name }) => name);
  return all.filter((name) => name !== 'cpu');
}

/** The models for clean sources at 2x, one for each quality. */
async function models(): Promise<string[]> {
  const chains = qualities.map((quality) => chooseChain(2, 'default', { kind: 'clean', quality }));
  return [...new Set((await Promise.all(chains)).flatMap(({ names }) => names))];
}

type What = {
  readonly provider: ProviderName;
  readonly precision: 'fp32' | 'fp16';
  readonly model: string;
  readonly size: ClipSize;
  readonly clip: string;
};

/** The last line of a failed program is its message, or the last line of its stack. */
function reason(error: unknown): string {
  const said = messageOf(error).split('\n');
  return (said.find((line) => line.includes('VsrError')) ?? said.at(-1)!).trim();
}

/** Frames per second of the bare session, of the upscaler around it, and of the whole job. */
async function measure(bench: Bench, { provider, precision, model, size, clip }: What) {
  const { root, folder, vsr } = bench;
  const { width, height } = size;
  const program = path.join(root, 'build/scripts/bench/device-session.js');
  const fps = async (way: string): Promise<number> => {
    const args = [program, way, provider, precision, `${width}`, `${height}`, model];
    return Number((await timed(process.execPath, args)).stdout);
  };
  const [bareFps, upscalerFps] = [await fps('bare'), await fps('upscaler')];
  const frames = framesAt(upscalerFps);
  const [job, gpuMb] = await withGpuMemory(() =>
    timed(process.execPath, [
      ...[vsr, 'upscale', clip, '-o', path.join(folder, 'gpu.mp4'), '--overwrite', '--quiet'],
      ...[
        '--no-log',
        '--frames',
        `${frames}`,
        '-m',
        model,
        '--provider',
        provider,
        '--precision',
        precision,
      ],
      ...['--codec', 'libx264', '--preset', 'ultrafast'],
    ]),
  );
  const jobFps = frames / job.wallSeconds;
  return { bareFps, upscalerFps, jobFps, gpuMb, jobCpuSecondsPerFrame: job.cpuSeconds / frames };
}

/**
 * Frames per second of the models of each quality on every device, in single and half precision: of
 * the bare session, of the upscaler around it, and of the whole job with its decoding and its
 * encoding, which is by libx264 at its fastest. For the job also the card's memory and CPU time.
 */
export async function gpu(bench: Bench): Promise<unknown> {
  const { say } = bench;
  const found = devices(bench.provider);
  if (found.length === 0) {
    say('\nNo GPU was found that ONNX Runtime can use: nothing measured. vsr doctor says why.');
    return null;
  }
  const rows: Record<string, unknown>[] = [];
  const sizes = bench.sizes.map((size) => ({ size, clip: longClip(bench, size) }));
  const head = ['bare session', 'upscaler', 'job', 'GPU MB', 'CPU s a frame'];
  say(`\n${'frames a second'.padEnd(62)}${head.map((each) => each.padStart(15)).join('')}`);
  for (const provider of found) {
    for (const model of await models()) {
      for (const precision of ['fp32', 'fp16'] as const) {
        for (const { size, clip } of sizes) {
          const { width, height } = size;
          const name = `${width}x${height} to ${2 * width}x${2 * height}`;
          const what = `${provider} ${precision}, ${model}, ${name}`.padEnd(62);
          const told = { provider, model, precision, size: name };
          try {
            const row = await measure(bench, { provider, precision, model, size, clip });
            const close = `${((row.upscalerFps / row.bareFps) * 100).toFixed(0)} %`;
            const cells = [
              row.bareFps.toFixed(1),
              `${row.upscalerFps.toFixed(1)} (${close})`,
              ...[row.jobFps.toFixed(1), `${row.gpuMb ?? '-'}`],
              row.jobCpuSecondsPerFrame.toFixed(3),
            ];
            say(`${what}${cells.map((cell) => cell.padStart(15)).join('')}`);
            rows.push({ ...told, ...row });
          } catch (error) {
            say(`${what} not measured: ${reason(error)}`);
            rows.push({ ...told, failed: reason(error) });
          }
        }
      }
    }
  }
  return rows;
}
