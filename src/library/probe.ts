import { locateFfmpeg } from '../media/program/ffmpeg.js';
import { probe as look } from '../media/source/probe.js';
import type { Source } from '../media/source/source.js';
import type { Programs } from './programs.js';

/**
 * Probes a clip: its streams, times, colours, and anything unusual about it. Throws VsrError
 * `media` for a file that is missing or holds no video, and for programs that do not work.
 */
export async function probe(
  clip: string,
  options: Programs & { readonly signal?: AbortSignal } = {},
): Promise<Source> {
  const { signal } = options;
  return look(await locateFfmpeg(options), clip, signal === undefined ? {} : { signal });
}
