import { readFile } from 'node:fs/promises';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess } from '../program/process.js';
import type { Source } from '../source/source.js';

/**
 * A value inside a filter's options inside a filter graph: ffmpeg takes one layer of backslashes
 * off for each.
 */
export function filterValue(text: string): string {
  return text.replace(/[\\':]/g, '\\$&').replace(/[\\'[\],;]/g, '\\$&');
}

/**
 * Writes the CEA-608 captions that ride inside the video of `source` to `output`, as SubRip with
 * the source's own times. Returns whether there were any. The video is decoded once for it.
 */
export async function extractCaptions(
  ffmpeg: Ffmpeg,
  source: Source,
  output: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const demuxer = source.container.split(',')[0]!;
  const graph = `movie=filename=${filterValue(source.path)}:f=${filterValue(demuxer)}[out+subcc]`;
  const { code } = await runProcess(
    ffmpeg.ffmpeg,
    [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', '-copyts', '-f', 'lavfi'],
      ...['-i', graph, '-map', '0:s:0', '-c:s', 'srt', '-f', 'srt', `file:${output}`],
    ],
    { signal },
  );
  const text = code === 0 ? await readFile(output, 'utf8').catch(() => '') : '';
  return text.includes('-->');
}
