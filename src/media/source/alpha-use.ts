import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { keepsOpaque } from './gif-blocks.js';
import { startProcess, throwIfAborted } from '../program/process.js';
import type { VideoStream } from './source.js';
import { travelFormat } from './travel-format.js';

/**
 * Frames that are looked at; a clip that is longer and opaque so far keeps its alpha, to be safe.
 */
const looked = 500;

/**
 * Whether alpha of such a stream is worth a look: formats that have it whether or not it is used.
 */
function mayBeEmpty(video: VideoStream): boolean {
  return video.format.alpha && (video.conversion === 'rgb' || video.decoder !== null);
}

/** Filters that leave a frame's opacity alone. */
function opacityOf({ conversion, request, format }: VideoStream): string {
  // On its way out of RGBA of 8 bits, swscale of ffmpeg 5.1 makes 255 of 254.
  const isPacked = conversion === 'rgb' && format.bitDepth === 8;
  return isPacked ? 'format=rgba,extractplanes=a' : `format=${request},alphaextract`;
}

/** Whether a frame of `video` is not opaque throughout, as far as the first ones tell. */
async function usesAlpha(
  ffmpeg: Ffmpeg,
  path: string,
  video: VideoStream,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // Most GIFs only ever paint over their first frame: then that one tells.
  const firstTells = video.codec === 'gif' && (await keepsOpaque(path));
  const most = firstTells ? 1 : looked;
  const decoder = video.decoder === null ? [] : ['-c:v', video.decoder];
  const args = buildArguments({
    options: ['-loglevel', 'error', '-nostats'],
    inputs: [{ path, options: ['-noautorotate', ...decoder] }],
    outputs: [
      {
        path: 'pipe:1',
        format: 'rawvideo',
        options: [
          ...['-map', `0:${video.index}`, '-vf', opacityOf(video)],
          ...['-pix_fmt', video.format.bitDepth === 8 ? 'gray' : 'gray16le'],
          ...['-frames:v', String(most)],
        ],
      },
    ],
  });
  const child = startProcess(ffmpeg.ffmpeg, args, { signal });
  const opaque = Buffer.alloc(1 << 20, 255);
  let bytes = 0;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (!chunk.equals(opaque.subarray(0, chunk.length))) return true;
    }
  } finally {
    await child.kill();
  }
  throwIfAborted(signal);
  return !firstTells && bytes >= most * video.width * video.height;
}

/**
 * The stream without its alpha if that is opaque throughout, as in most GIFs: what nobody sees need
 * not be carried, and no container be blamed for lacking it.
 */
export async function withoutEmptyAlpha(
  ffmpeg: Ffmpeg,
  path: string,
  video: VideoStream,
  signal: AbortSignal | undefined,
): Promise<VideoStream> {
  if (!mayBeEmpty(video) || (await usesAlpha(ffmpeg, path, video, signal))) return video;
  const plain = travelFormat(video.request.replace('yuva', 'yuv'))!;
  const sourceFormat = video.decoder === null ? video.sourceFormat : plain.request;
  return { ...video, sourceFormat, format: plain.format, request: plain.request, decoder: null };
}
