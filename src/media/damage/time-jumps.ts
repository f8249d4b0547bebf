import { VsrError } from '../../errors.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { packetsOf } from '../source/packets.js';
import type { Source } from '../source/source.js';

/** Containers whose files can be joined byte by byte, so that each part has a clock of its own. */
const joinable = new Set(['mpegts', 'mpeg']);

/**
 * Seconds by which a packet may be later than the one before, such as after a gap in a recording,
 * or earlier, as reordered frames are.
 */
const [mostLater, mostEarlier] = [60, 2];

/**
 * Throws VsrError `media` for recordings that were joined without changing their times, so that the
 * same time occurs more than once. Reads the whole file, without decoding.
 */
export async function refuseTimeJumps(
  ffmpeg: Ffmpeg,
  source: Source,
  signal?: AbortSignal,
): Promise<void> {
  if (!joinable.has(source.container) || source.video.times !== 'stream') return;
  const { num, den } = source.video.timeBase;
  let last: number | null = null;
  for await (const { pts } of packetsOf(ffmpeg, source, signal)) {
    if (pts === null) continue;
    const time = (pts * num) / den;
    const step: number = last === null ? 0 : time - last;
    if (step > mostLater || step < -mostEarlier) {
      const at = ((last ?? 0) - source.startTime).toFixed(1);
      throw new VsrError(
        'media',
        `The times in ${source.path} jump by ${step.toFixed(1)} s after the first ${at} s: recordings were joined, each with a clock of its own. Give it one clock first, which copies every stream: ffmpeg -i in.ts -map 0 -c copy out.ts`,
      );
    }
    last = time;
  }
}
