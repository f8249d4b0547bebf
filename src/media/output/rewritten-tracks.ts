import { containers, type Container } from '../formats/containers.js';
import type { Source, StreamInfo } from '../source/source.js';

/**
 * How an output holds the content of a track that is not copied, because ffmpeg writes such a track
 * itself.
 */
export type KeptAs = 'timecode' | 'chapters';

/** Whether a stream is QuickTime's text track of chapters, which ffmpeg writes itself. */
export const isChapterTrack = (source: Source, stream: StreamInfo): boolean =>
  source.chapters.length > 0 &&
  stream.kind === 'data' &&
  (stream.codecTag === 'text' || stream.codec === 'bin_data');

/** Whether a stream is a timecode track. */
export const isTimecode = (stream: StreamInfo): boolean => stream.codecTag === 'tmcd';

/** The timecode of a source's first frame: that of `track` where it has one of its own. */
export const timecodeOf = (source: Source, track?: StreamInfo): string | undefined =>
  track?.tags['timecode'] ?? source.video.tags['timecode'] ?? source.tags['timecode'];

/** A sentence that names the containers that keep a timecode. */
export const timecodeKeepers = `${containers
  .filter(({ timecode }) => timecode)
  .map(({ title }) => title)
  .join(', ')} keep it.`;

/** How the output holds the content of a stream that is not copied; `null` where it does not. */
export function otherForm(container: Container, source: Source, stream: StreamInfo): KeptAs | null {
  if (isChapterTrack(source, stream)) return container.chapters ? 'chapters' : null;
  const hasCode = isTimecode(stream) && timecodeOf(source, stream) !== undefined;
  return hasCode && container.timecode ? 'timecode' : null;
}
