import { isFile } from '../../files/what-is-there.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { forPictures } from '../../media/source/probe-video.js';
import { probe } from '../../media/source/probe.js';
import type { Source } from '../../media/source/source.js';
import { identifySource } from './identity.js';
import { fileOf, type Input } from './inputs.js';
import { checkDescribed } from './raw-video.js';
import type { Settings } from './settings.js';

/**
 * Probes a clip, or the clip that pictures were gathered in. Throws VsrError: `option` for
 * headerless video that is not described, `media` for a file that cannot be used, `disk` for one
 * that the disk cannot read.
 */
export async function probeInput(
  ffmpeg: Ffmpeg,
  input: Input,
  { raw, stallTimeoutMs }: Settings,
  signal: AbortSignal,
): Promise<Source> {
  const file = fileOf(input);
  checkDescribed(file, raw);
  const source = await probe(ffmpeg, file, {
    ...(raw === null ? {} : { raw }),
    signal,
    stallTimeoutMs,
  }).catch(async (error: unknown) => {
    // ffprobe calls a file damaged that the disk cannot read: this throws the real cause.
    if (await isFile(file)) await identifySource(file);
    throw error;
  });
  if (input.toPictures === true && source.video.conversion === 'rgb') return forPictures(source);
  if (input.gathered === undefined || source.video.colour.range !== null) return source;
  // TIFFs state no range; as pictures they are full range.
  const colour = { ...source.video.colour, range: 'pc' } as const;
  return { ...source, video: { ...source.video, colour } };
}
