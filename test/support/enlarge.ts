import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { errorOf } from '../../src/errors.js';
import type { Sidecar } from '../../src/metrics/sidecar.js';
import { upscale } from '../../src/upscale/upscale.js';
import type { UpscaleOptions } from '../../src/upscale/plan/options.js';

const exec = promisify(execFile);

/** Runs the ffmpeg in use; returns what it wrote to stdout. Rejects with its messages. */
export async function ffmpegRun(...args: string[]): Promise<string> {
  const { ffmpeg } = await locateFfmpeg();
  const words = ['-nostdin', '-hide_banner', '-v', 'error', '-y', ...args];
  const { stdout } = await exec(ffmpeg, words, { maxBuffer: 1 << 26 });
  return stdout;
}

/** How an enlargement ended. */
export type Enlarged =
  | { readonly status: 'done' | 'skipped'; readonly output: string; readonly summary: Sidecar }
  | { readonly status: 'planned' | 'queued'; readonly output: string }
  | { readonly status: 'failed'; readonly output: string | null; readonly error: Error };

/** Enlarges one clip with the library and returns how it ended. */
export async function enlarge(input: string, options: UpscaleOptions): Promise<Enlarged> {
  let ended: Enlarged | undefined;
  for await (const event of upscale(input, { workers: 1, ...options })) {
    const { output } = { output: null, ...event };
    if (event.event === 'failed') {
      ended = { status: 'failed', output, error: errorOf(event.error) };
    } else if (event.event === 'done') {
      ended = { ...event, output: output ?? '' };
    }
  }
  if (ended === undefined) throw new Error('neither done nor failed came');
  return ended;
}

/** As `enlarge`; rejects with the error of a job that failed. */
export async function enlarged(input: string, options: UpscaleOptions): Promise<string> {
  const outcome = await enlarge(input, options);
  if (outcome.status === 'failed') throw outcome.error;
  return outcome.output;
}

/** Time in microseconds and hash of every frame of the video, one frame per line. */
export async function frameMd5(file: string): Promise<string> {
  // The time base is set here, since ffmpeg would take it from the nominal frame rate, a guess.
  const out = ['-vsync', 'passthrough', '-enc_time_base', '1:1000000', '-f', 'framemd5', '-'];
  const text = await ffmpegRun('-copyts', '-i', file, '-map', '0:v:0', ...out);
  const rows = text.split('\n').filter((line) => /^\d/.test(line));
  return rows.map((row) => row.split(/, */).filter((_, i) => i === 2 || i === 5)).join('\n');
}
