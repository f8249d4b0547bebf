import { passing, VsrError } from '../../errors.js';
import { frameStream } from '../decode/frame-stream.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import { watchWaiting } from '../program/stall-watch.js';
import type { Source } from '../source/source.js';

/** What ends the reading of a clip early. */
export type BareRequest = {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a byte from ffmpeg after which it counts as hanging. */
  readonly stallTimeoutMs: number;
};

/** The frames to read, and how to convert them. */
export type BareFrames = {
  readonly path: string;
  /** ffmpeg's index of the stream. */
  readonly index: number;
  /** ffmpeg's filters, which convert each frame. */
  readonly filters: string;
  /** Bytes of one converted frame. */
  readonly byteLength: number;
};

/** The frames of a clip as packed 8-bit RGB. Throws as `bareFrames` does. */
export function rgbFrames(
  ffmpeg: Ffmpeg,
  { path, video: { index, width, height } }: Source,
  request: BareRequest,
): AsyncGenerator<Uint8Array> {
  const exact = 'accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';
  const filters = `scale=${width}:${height}:flags=${exact},format=rgb24`;
  const wanted = { path, index, filters, byteLength: width * height * 3 };
  return bareFrames(ffmpeg, wanted, request);
}

/**
 * The frames of a clip, each in a buffer of its own. Once `signal` fires, the iteration ends.
 * Throws VsrError `media` if no frame can be decoded, and if ffmpeg hangs.
 */
export async function* bareFrames(
  ffmpeg: Ffmpeg,
  { path, index, filters, byteLength }: BareFrames,
  { signal, stallTimeoutMs }: BareRequest,
): AsyncGenerator<Uint8Array> {
  const child = startProcess(
    ffmpeg.ffmpeg,
    [
      ...['-v', 'error', '-nostdin', '-noautorotate', ...safeInputOptions],
      ...['-i', fileUrl(path), '-map', `0:${index}`, '-vf', filters],
      ...[...everyFrame(ffmpeg), '-f', 'rawvideo', 'pipe:1'],
    ],
    { signal },
  );
  const pictures = frameStream(child.stdout, byteLength, () => new Uint8Array(byteLength));
  let stalled = false;
  const settle = watchWaiting(pictures, stallTimeoutMs, () => {
    stalled = true;
    child.kill().catch(() => {});
  });
  let seen = 0;
  let ended = false;
  try {
    for await (const data of pictures) {
      seen++;
      yield data;
    }
    ended = true;
  } catch (error) {
    // Stopping ffmpeg breaks the pipe; the reason is reported below.
    if (!stalled && signal?.aborted !== true) throw error;
  } finally {
    settle();
    // Everything was read, or no more is wanted.
    await child.kill();
  }
  if (signal?.aborted === true) return;
  if (stalled) {
    const waited = Math.round(stallTimeoutMs / 1000);
    throw passing(
      new VsrError(
        'media',
        `ffmpeg gave nothing for ${waited} s while decoding ${path} at frame ${seen}.`,
      ),
    );
  }
  if (ended && seen === 0) {
    const reason = (await child.done).stderrTail.at(-1) ?? 'no frame was decoded';
    throw new VsrError('media', `No frame of ${path} could be decoded: ${reason}.`);
  }
}
