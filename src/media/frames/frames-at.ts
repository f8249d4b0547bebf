import { frameLayout } from '../../planes/pixel-format.js';
import { canSeek, decodeArguments } from '../decode/decode-command.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import type { Source } from '../source/source.js';

/** A frame of a source. */
export type FrameAt = {
  /** In ticks of the source's time base. */
  readonly pts: number;
  /** All planes, in the layout of the source's format. */
  readonly data: Uint8Array;
};

/**
 * The first frame at or after each of `times`, which ascend, in seconds on the source's clock. One
 * ffmpeg decodes from the key frame at `seekTo` (in ticks) on, and passes only these frames. Fewer
 * are returned where fewer can be decoded.
 */
export async function framesAt(
  ffmpeg: Ffmpeg,
  source: Source,
  request: {
    readonly seekTo: number | undefined;
    readonly times: readonly number[];
    readonly signal: AbortSignal;
  },
): Promise<FrameAt[]> {
  const { times, signal } = request;
  const { video } = source;
  const args = decodeArguments(ffmpeg, source, {
    ...{ instance: 'at', only: times, frames: times.length },
    seekTo: canSeek(source) ? request.seekTo : undefined,
  });
  const stamps: number[] = [];
  const child = startProcess(ffmpeg.ffmpeg, args, {
    signal,
    onStderrLine: (line) => {
      const found = /showinfo.* pts: *(-?\d+)/.exec(line);
      if (found !== null) stamps.push(Number(found[1]));
    },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await child.done;
  const bytes = Buffer.concat(chunks);
  const { byteLength } = frameLayout(video.format, video.width, video.height);
  return stamps.flatMap((pts, i) => {
    const data = bytes.subarray(i * byteLength, (i + 1) * byteLength);
    return data.length < byteLength ? [] : [{ pts, data }];
  });
}
