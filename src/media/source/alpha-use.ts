import { buildArguments } from '../program/command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { keepsOpaque } from './gif-blocks.js';
import { startProcess, throwIfAborted } from '../program/process.js';
import type { VideoStream } from './source.js';
import { travelFormat } from './travel-format.js';

/** Largest number of frames to examine. A longer clip that is opaque so far keeps its alpha. */
const mostExamined = 500;

/** Whether a stream's format has alpha in any case, even if it is not used. */
function mayBeEmpty(video: VideoStream): boolean {
  return video.format.alpha && (video.conversion === 'rgb' || video.decoder !== null);
}

/** Filters that extract a frame's alpha. */
function opacityOf({ conversion, request, format }: VideoStream): string {
  // When converting 8-bit RGBA, swscale of ffmpeg 5.1 turns an alpha of 254 into 255.
  const isPacked = conversion === 'rgb' && format.bitDepth === 8;
  return isPacked ? 'format=rgba,extractplanes=a' : `format=${request},alphaextract`;
}

/** Whether a frame of `video` is not wholly opaque, or the clip is too long to tell. */
async function usesAlpha(
  ffmpeg: Ffmpeg,
  path: string,
  video: VideoStream,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // The later frames of most GIFs only paint over the first one; then the first one decides.
  const firstTells = video.codec === 'gif' && (await keepsOpaque(path));
  const most = firstTells ? 1 : mostExamined;
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
 * The stream without its alpha, if that is opaque in all frames, as in most GIFs. So it need not be
 * encoded, and its loss need not be announced. Throws `VsrError('interrupted')` once `signal`
 * fires.
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
