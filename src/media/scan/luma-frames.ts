import { randomBytes } from 'node:crypto';
import { frameStream } from '../decode/frame-stream.js';
import { decodeLog } from '../decode/decode-log.js';
import { buildArguments } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { startProcess, throwIfAborted } from '../program/process.js';
import { watchWaiting } from '../program/stall-watch.js';
import { storedInput } from '../source/raw-input.js';
import type { Source } from '../source/source.js';

/** The luma of one frame as decoded, 8 bit. */
export type LumaFrame = {
  /** Ticks of the source's time base; `null` for a frame without a time. */
  readonly pts: number | null;
  /** The field that is shown first, by the frame's flags; `null` where they say progressive. */
  readonly field: 'top' | 'bottom' | null;
  /** Row by row; valid until two further frames have been asked for. */
  readonly data: Uint8Array;
};

/** The frames to read, and what ends the reading. */
export type LumaRequest = {
  /** Where to begin, in seconds on the source's clock, at a key frame; `null`: at the beginning. */
  readonly near: number | null;
  /** Largest number of frames; `Infinity` for all. */
  readonly frames: number;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte from ffmpeg after which the reading ends. */
  readonly stallTimeoutMs: number;
};

/**
 * Reads the luma of a part of a clip for a scan. Damage is no error: where ffmpeg cannot decode any
 * more, fails or hangs, the frames end. Throws `VsrError('interrupted')` once `signal` fires.
 */
export async function* lumaFrames(
  ffmpeg: Ffmpeg,
  source: Source,
  { near, frames, signal, stallTimeoutMs }: LumaRequest,
): AsyncGenerator<LumaFrame> {
  const { video } = source;
  const { width, height } = sizeAsDecoded(source);
  const instance = `vsr${randomBytes(6).toString('hex')}`;
  const planes = 'yuv420p|yuvj420p|yuv422p|yuvj422p|yuv444p|yuvj444p|yuv411p|yuv410p|yuv440p|gray';
  const args = buildArguments({
    options: ['-loglevel', 'level+info', '-nostats', '-copyts'],
    inputs: [
      storedInput(source, [
        ...['-threads', '1'],
        ...(near === null ? [] : ['-noaccurate_seek', '-ss', near.toFixed(6)]),
      ]),
    ],
    outputs: [
      {
        path: 'pipe:1',
        format: 'rawvideo',
        options: [
          ...['-map', `0:${video.index}`, '-an', '-sn', '-dn'],
          '-vf',
          `showinfo@${instance}=checksum=0,scale=${width}:${height},format=${planes},extractplanes=y`,
          ...everyFrame(ffmpeg),
          ...(frames === Infinity ? [] : ['-frames:v', String(frames)]),
        ],
      },
    ],
  });
  const log = decodeLog(instance, video.timeBase, ffmpeg.libavcodec);
  const child = startProcess(ffmpeg.ffmpeg, args, { signal, onStderrLine: log.onLine });
  child.done.then(log.end, log.end);
  const size = width * height;
  const buffers = [new Uint8Array(size), new Uint8Array(size), new Uint8Array(size)];
  let turn = 0;
  const pictures = frameStream(child.stdout, size, () => buffers[turn++ % buffers.length]!);
  const settle = watchWaiting(pictures, stallTimeoutMs, () => {
    child.kill().catch(() => {});
  });
  try {
    for await (const data of pictures) {
      const info = await log.next();
      if (info === null) return;
      yield { pts: info.pts, field: info.field, data };
    }
  } catch (error) {
    throwIfAborted(signal);
    // Stopping ffmpeg breaks the pipe; the frames that were read so far count.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  } finally {
    settle();
    await child.kill();
  }
  throwIfAborted(signal);
}

/** The size of a source's frames in luma samples, before they are turned. */
export function sizeAsDecoded({ video }: Source): { width: number; height: number } {
  const { width, height, turn } = video;
  return turn?.transposed === true ? { width: height, height: width } : { width, height };
}
