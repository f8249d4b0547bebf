import type { StreamInfo } from '../source/source.js';

/** Subtitle codecs in which every packet is a line of text with its own time and duration. */
const lineCodecs = new Set(['subrip', 'srt', 'ass', 'ssa', 'webvtt', 'text', 'mov_text']);

/** Whether a stream is text subtitles, whose lines can be cut in time one by one. */
export const isTextLines = ({ kind, codec }: Pick<StreamInfo, 'kind' | 'codec'>): boolean =>
  kind === 'subtitle' && lineCodecs.has(codec);
