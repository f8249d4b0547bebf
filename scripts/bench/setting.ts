import { execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { locateFfmpeg, type Ffmpeg } from '../../src/media/program/ffmpeg.js';
import { packageRoot } from '../../src/package-root.js';
import { medianOf, timed, type Cost } from './timed-process.js';

export type BenchOptions = {
  /** Runs of each command, of which the median counts. */
  readonly runs: number;
  /** Execution provider of vsr. */
  readonly provider: string;
  /** Sizes of clips, for parts that take `--size` (`takesSizes`). */
  readonly sizes: readonly ClipSize[];
  /** For the part `queue`: frames of its clip, and the number of stand-ins for workers. */
  readonly queue: { readonly frames: number; readonly workers: number };
};

/** A size in luma samples. */
export type ClipSize = { readonly width: number; readonly height: number };

/** The default sizes: enlarged to 720p and to 4K. */
export const usualSizes: readonly ClipSize[] = [
  { width: 640, height: 360 },
  { width: 1920, height: 1080 },
];

/** What every part of the benchmark works with. */
export type Bench = BenchOptions & {
  readonly ffmpeg: Ffmpeg;
  /** A folder for temporary files; removed at the end. */
  readonly folder: string;
  /** The package's root folder. */
  readonly root: string;
  /** The path of bin/vsr.js, to be run by `node`. */
  readonly vsr: string;
  readonly cores: number;
  /** Prints a line. */
  readonly say: (line: string) => void;
  /** The median cost of a command; `before` is run before each. */
  readonly measured: (
    command: string,
    args: readonly string[],
    before?: () => Promise<void>,
  ) => Promise<Cost>;
  /** The median cost of `vsr upscale input -o output` at crf 18, with its summary on stdout. */
  readonly upscale: (input: string, output: string, more?: readonly string[]) => Promise<Cost>;
  /**
   * Makes a clip in which everything moves, a zoom with grain on it, and returns its path. There is
   * a keyframe at least every `keyframeEvery` frames, by default 250 as in x264.
   */
  readonly makeClip: (size: string, frames: number, keyframeEvery?: number) => string;
};

/** One part: measures, prints tables, and returns its figures for build/bench.json. */
export type BenchPart = (bench: Bench) => Promise<unknown>;

/** Runs `work` with a bench and a scratch folder of its own. */
export async function withBench<T>(
  options: BenchOptions,
  say: (line: string) => void,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const ffmpeg = await locateFfmpeg();
  const root = packageRoot();
  const vsr = path.join(root, 'bin/vsr.js');
  const folder = path.join(os.tmpdir(), `vsr-bench-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const measured: Bench['measured'] = (command, args, before = async () => {}) =>
    medianOf(options.runs, async () => {
      await before();
      return timed(command, args);
    });
  try {
    return await work({
      ...options,
      ...{ ffmpeg, folder, root, vsr, say, measured },
      cores: os.availableParallelism(),
      upscale: (input, output, more = []) =>
        measured(
          process.execPath,
          [
            ...[vsr, 'upscale', input, '-o', output, '--json', '--crf', '18'],
            ...['--provider', options.provider, ...more],
          ],
          // vsr would skip a finished job.
          () => removeJob(output),
        ),
      makeClip: (size, frames, keyframeEvery = 250) => {
        const file = path.join(folder, `zoom-${size}-${frames}.mp4`);
        execFileSync(ffmpeg.ffmpeg, clipCommand(file, size, frames, keyframeEvery));
        return file;
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes an output, its summary, its log and its work folder. */
export async function removeJob(output: string): Promise<void> {
  for (const end of ['', '.vsr.json', '.psnr.csv']) await rm(`${output}${end}`, { force: true });
  await rm(`${output}.vsr-work`, { recursive: true, force: true });
}

function clipCommand(file: string, size: string, frames: number, keyframeEvery: number): string[] {
  const picture = `mandelbrot=size=${size}:rate=25,noise=alls=6:allf=t,format=yuv420p`;
  return [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', picture, '-frames:v', String(frames)],
    ...['-c:v', 'libx264', '-crf', '18', '-g', String(keyframeEvery), file],
  ];
}
