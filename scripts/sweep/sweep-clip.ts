import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sidecar } from '../../src/metrics/sidecar.js';
import { packageRoot } from '../../src/package-root.js';
import { checkNames, checkOutput, type Checks } from './check-output.js';
import { checkStill } from './check-still.js';
import { runProgram } from './run-program.js';

/** Settings of a sweep. */
export type SweepSetting = {
  /** The ffprobe that reads sources and outputs to compare them. */
  readonly ffprobe: string;
  /** Options of `vsr upscale` for every clip, e.g. the model and which ffmpeg. */
  readonly options: readonly string[];
  readonly scale: number;
  /** Where outputs go. */
  readonly folder: string;
  /** Frames of each clip; `Infinity` for all. */
  readonly frames: number;
};

/** How the enlargement of one clip ended. */
export type SweepResult = {
  readonly name: string;
  /** Exit code of vsr. */
  readonly code: number;
  /**
   * `ok`: enlarged, and every check passed. `refused`: an error of one clear line and no output.
   * `wrong`: anything else.
   */
  readonly verdict: 'ok' | 'refused' | 'wrong';
  /** Whether vsr called the source damaged, so that it was enlarged with --allow-damaged. */
  readonly truncated: boolean;
  readonly checks: Checks | null;
  /** The error of a refusal, or what is wrong. */
  readonly said: string;
  readonly frames: number;
  readonly seconds: number;
};

/** Whether a name is that of a still picture, which has no frames to limit and no times. */
const isStill = (file: string): boolean => /\.(?:png|jpe?g|webp|tiff?)$/i.test(file);

/** Options that say how to read a raw clip, from a name such as `bus_352x288_420_f20_b8.yuv`. */
function rawOptions(file: string): { vsr: string[]; ffprobe: string[] } {
  const match = /_(\d+x\d+)_420.*\.yuv$/.exec(file);
  if (match === null) return { vsr: [], ffprobe: [] };
  const [, size] = match;
  return {
    vsr: ['--input-format', 'yuv420p', '--input-size', size!, '--input-rate', '30'],
    ffprobe: [
      ...['-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', size!, '-framerate', '30'],
    ],
  };
}

/**
 * Fast presets, tried in turn until one is accepted: encoders name theirs differently or have none,
 * and pictures have none.
 */
const presets = [['--preset', 'ultrafast'], ['--preset', '8'], []];

type Attempt = { code: number; stderr: string; sidecar: Sidecar | null };

async function attempt(
  file: string,
  setting: SweepSetting,
  more: readonly string[],
): Promise<Attempt> {
  const bin = path.join(packageRoot(), 'bin', 'vsr.js');
  for (const preset of presets) {
    const { code, stdout, stderr } = await runProgram(process.execPath, [
      ...[bin, 'upscale', file, '-o', `${setting.folder}${path.sep}`, '--json', '--overwrite'],
      ...['--restart', ...setting.options, ...preset, ...more],
      ...(setting.frames === Infinity || isStill(file) ? [] : ['--frames', String(setting.frames)]),
    ]);
    if (code === 2 && stderr.includes('--preset')) continue;
    if (code !== 0) return { code, stderr: stderr.trim(), sidecar: null };
    const [outcome] = (JSON.parse(stdout) as { outcomes: { output: string }[] }).outcomes;
    const sidecar = await readFile(`${outcome!.output}.vsr.json`, 'utf8');
    return { code, stderr: stderr.trim(), sidecar: JSON.parse(sidecar) as Sidecar };
  }
  return { code: -1, stderr: 'no preset fits', sidecar: null };
}

/** Enlarges one clip with the program and compares its output with the source. */
export async function sweepClip(file: string, setting: SweepSetting): Promise<SweepResult> {
  const started = performance.now();
  const raw = rawOptions(file);
  let { code, stderr, sidecar } = await attempt(file, setting, raw.vsr);
  const truncated = code === 1 && stderr.includes('--allow-damaged');
  const refusal = stderr;
  if (truncated) {
    ({ code, stderr, sidecar } = await attempt(file, setting, [...raw.vsr, '--allow-damaged']));
  }
  const result = (
    verdict: SweepResult['verdict'],
    said: string,
    checks: Checks | null = null,
  ): SweepResult => ({
    name: path.basename(file),
    code,
    verdict,
    truncated,
    checks,
    said,
    frames: sidecar?.output.frames ?? 0,
    seconds: (performance.now() - started) / 1000,
  });
  if (sidecar === null) {
    const sentence =
      !stderr.includes('\n') && (code === 1 || code === 2) && !/\bat .*:\d+/.test(stderr);
    return result(sentence ? 'refused' : 'wrong', stderr);
  }
  try {
    const { ffprobe, scale, frames } = setting;
    const checks = isStill(file)
      ? await checkStill(sidecar, scale)
      : await checkOutput({ ffprobe, sidecar, scale, frames, input: raw.ffprobe });
    const failed = checkNames.filter((name) => checks[name] !== '');
    const words = failed.map((name) => `${name}: ${checks[name]}`);
    return result(
      failed.length === 0 ? 'ok' : 'wrong',
      [...words, ...(truncated ? [refusal] : [])].join('; '),
      checks,
    );
  } catch (error) {
    return result('wrong', error instanceof Error ? error.message : String(error));
  }
}
