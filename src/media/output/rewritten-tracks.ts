import { containers, type Container } from '../formats/containers.js';
import type { Source, StreamInfo } from '../source/source.js';

/**
 * The form in which an output has what a stream held that was not copied: ffmpeg writes such tracks
 * itself.
 */
export type KeptAs = 'timecode' | 'chapters';

/** The chapters of a QuickTime file are a text track too; it is rewritten from the chapters. */
export const isChapterTrack = (source: Source, stream: StreamInfo): boolean =>
  source.chapters.length > 0 &&
  stream.kind === 'data' &&
  (stream.codecTag === 'text' || stream.codec === 'bin_data');

/** Whether a stream is a timecode track. */
export const isTimecode = (stream: StreamInfo): boolean => stream.codecTag === 'tmcd';

/** The timecode of a source's first frame, of `track` where it has its own. */
export const timecodeOf = (source: Source, track?: StreamInfo): string | undefined =>
  track?.tags['timecode'] ?? source.video.tags['timecode'] ?? source.tags['timecode'];

/** Names the containers that keep a timecode. */
export const timecodeKeepers = `${containers
  .filter(({ timecode }) => timecode)
  .map(({ title }) => title)
  .join(', ')} keep it.`;

/** As what the output has all that a dropped stream holds; `null` where it has not. */
export function otherForm(container: Container, source: Source, stream: StreamInfo): KeptAs | null {
  if (isChapterTrack(source, stream)) return container.chapters ? 'chapters' : null;
  const hasCode = isTimecode(stream) && timecodeOf(source, stream) !== undefined;
  return hasCode && container.timecode ? 'timecode' : null;
}
