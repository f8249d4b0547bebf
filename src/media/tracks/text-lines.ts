import type { StreamInfo } from '../source/source.js';

/** Codecs of subtitles whose packets are one line of text each, with its own time and length. */
const lineCodecs = new Set(['subrip', 'srt', 'ass', 'ssa', 'webvtt', 'text', 'mov_text']);

/** Whether the lines of a stream can be given other times, one by one. */
export const isTextLines = ({ kind, codec }: Pick<StreamInfo, 'kind' | 'codec'>): boolean =>
  kind === 'subtitle' && lineCodecs.has(codec);
