import { createInterface } from 'node:readline';
import { VsrError } from '../errors.js';
import { fileUrl, safeInputOptions } from './command.js';
import type { Ffmpeg } from './ffmpeg.js';
import { startProcess, throwIfAborted } from './process.js';
import type { Source } from './source.js';

/** A key frame's time in ticks of the video stream. */
export type Keyframe = { readonly pts: number };

/**
 * The key frames of the enlarged stream in file order, read from the packets without decoding. Those
 * without a time and those that an edit list leaves out are not among them.
 */
export async function keyframes(
  ffmpeg: Ffmpeg,
  source: Source,
  signal?: AbortSignal,
): Promise<Keyframe[]> {
  throwIfAborted(signal);
  const args = [
    ...['-v', 'error', ...safeInputOptions, '-select_streams', String(source.video.index)],
    ...['-show_entries', 'packet=pts,flags', '-of', 'csv=p=0', fileUrl(source.path)],
  ];
  const child = startProcess(ffmpeg.ffprobe, args, { signal });
  const found: Keyframe[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^(-?\d+),K([^,]*)/.exec(line);
    if (match !== null && !match[2]!.includes('D')) found.push({ pts: Number(match[1]) });
  }
  const end = await child.done;
  throwIfAborted(signal);
  if (end.signal !== null) {
    throw new VsrError('media', `ffprobe was ended by ${end.signal} while it read ${source.path}.`);
  }
  return found;
}
