import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { upscale } from '../../upscale/upscale.js';
import type { UpscaleOptions } from '../../upscale/plan/options.js';

/** A short part of a clip, enlarged, to show motion. */
export type Motion = {
  /** A whole MP4 that browsers play. */
  readonly mp4: Uint8Array;
  /** Seconds after the clip's beginning. */
  readonly from: number;
  readonly to: number;
  /** The model that made it. */
  readonly by: string;
};

/**
 * The part to show, in seconds: `wanted` seconds from the in point, otherwise about the middle;
 * never after the out point.
 */
export function motionSpan(
  wanted: number,
  { start, end, duration }: { start: number | null; end: number | null; duration: number | null },
): { readonly from: number; readonly to: number } {
  const last = Math.min(end ?? Infinity, duration ?? Infinity);
  const middle = Number.isFinite(last) ? Math.max(0, (last - wanted) / 2) : 0;
  const from = start ?? middle;
  return { from, to: Math.min(from + wanted, last) };
}

/**
 * Enlarges a part of a clip as `upscale` would, into H.264 in 4:2:0, which browsers play. Throws
 * VsrError `media` with the message of a failure.
 */
export async function enlargeMotion(
  input: string,
  { from, to }: { readonly from: number; readonly to: number },
  options: UpscaleOptions,
): Promise<Motion> {
  await using folder = await temporaryFolder('preview');
  const output = path.join(folder.path, 'motion.mp4');
  const events = upscale(input, {
    ...{ ...options, output, start: from, end: to, log: false },
    ...{ codec: 'h264', pixelFormat: 'yuv420p', crf: 20, audio: 'none', subs: 'none' },
  });
  let by = '';
  for await (const event of events) {
    if (event.event === 'plan') by = [...new Set(event.facts?.models ?? [])].join(' + ');
    if (event.event === 'failed') throw new VsrError('media', event.error.message);
  }
  return { mp4: await readFile(output), from, to, by };
}
