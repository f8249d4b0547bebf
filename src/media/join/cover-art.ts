import path from 'node:path';
import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { runProcess } from '../program/process.js';
import type { Source, StreamInfo } from '../source/source.js';

/** A picture to attach to a Matroska file. */
export type CoverFile = { readonly path: string; readonly mimeType: string; readonly name: string };

/**
 * Writes the cover art in stream `stream` to a file in `folder`, without converting it; `null` if
 * it cannot be read. Matroska stores covers as attachments, which ffmpeg only takes from files.
 */
export async function extractCover(
  ffmpeg: Ffmpeg,
  source: Source,
  stream: StreamInfo,
  folder: string,
  signal?: AbortSignal,
): Promise<CoverFile | null> {
  const [extension, mimeType] =
    stream.codec === 'png'
      ? ['png', 'image/png']
      : stream.codec === 'bmp'
        ? ['bmp', 'image/bmp']
        : ['jpg', 'image/jpeg'];
  const file = path.join(folder, `cover-${stream.index}.${extension}`);
  const args = buildArguments({
    options: ['-loglevel', 'error'],
    inputs: [{ path: source.path }],
    outputs: [
      {
        path: file,
        format: 'rawvideo',
        options: ['-map', `0:${stream.index}`, '-c', 'copy', '-frames:v', '1'],
      },
    ],
  });
  const { code } = await runProcess(ffmpeg.ffmpeg, args, { signal });
  const name = stream.tags['filename'] ?? `cover.${extension}`;
  return code === 0 ? { path: file, mimeType, name } : null;
}
