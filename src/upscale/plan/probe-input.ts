import { isFile } from '../../files/what-is-there.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { probe } from '../../media/source/probe.js';
import type { Source } from '../../media/source/source.js';
import { identifySource } from './identity.js';
import { checkDescribed } from './raw-video.js';
import type { Settings } from './settings.js';

/**
 * Looks at a clip. Throws VsrError: `option` for a headerless one that is not described, `media`
 * for one that cannot be used, `disk` for one that the disk does not give.
 */
export async function probeInput(
  ffmpeg: Ffmpeg,
  file: string,
  { raw, stallTimeoutMs }: Settings,
  signal: AbortSignal,
): Promise<Source> {
  checkDescribed(file, raw);
  return probe(ffmpeg, file, {
    ...(raw === null ? {} : { raw }),
    signal,
    stallTimeoutMs,
  }).catch(async (error: unknown) => {
    // ffprobe says of a file that the disk does not give only that it is damaged.
    if (await isFile(file)) await identifySource(file);
    throw error;
  });
}
