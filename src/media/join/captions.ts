import { readFile } from 'node:fs/promises';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess } from '../program/process.js';
import type { Source } from '../source/source.js';

/**
 * Escapes a value of a filter's option within a filter graph. ffmpeg unescapes it twice, once as
 * part of the graph and once as part of the options.
 */
export function filterValue(text: string): string {
  return text.replace(/[\\':]/g, '\\$&').replace(/[\\'[\],;]/g, '\\$&');
}

/**
 * Writes the CEA-608 captions inside the video of `source` to `output`, as SubRip with the times of
 * the source. Returns whether there were any. This decodes the whole video.
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
