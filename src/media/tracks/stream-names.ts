import type { StreamInfo } from '../source/source.js';

/** Whether a stream is cover art or a thumbnail. */
export const isCover = (stream: StreamInfo): boolean =>
  stream.kind === 'video' && stream.dispositions.includes('attached_pic');

/** Whether ffmpeg has a name for the stream's codec. */
export const isNamed = ({ codec }: StreamInfo): boolean => codec !== 'unknown' && codec !== 'none';

/** The kind of a stream, for people. */
export const kindOf = ({ kind }: StreamInfo): string => (kind === 'unknown' ? 'data' : kind);

/** ffmpeg's name of a stream's codec, or the container's tag where ffmpeg has none. */
export function codecName(stream: StreamInfo): string {
  if (isNamed(stream)) return stream.codec;
  return /^[\x21-\x7e]{4}$/.test(stream.codecTag) ? stream.codecTag : 'unknown codec';
}

/** The name of a stream for people: `audio stream 2 (opus, eng)`. */
export function nameOf(stream: StreamInfo): string {
  const kind = isCover(stream) ? 'cover art' : kindOf(stream);
  const language = stream.language === null ? '' : `, ${stream.language}`;
  return `${kind} stream ${stream.index} (${codecName(stream)}${language})`;
}
