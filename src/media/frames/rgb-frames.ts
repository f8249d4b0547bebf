import { passing, VsrError } from '../../errors.js';
import { frameStream } from '../decode/frame-stream.js';
import { fileUrl, safeInputOptions } from '../program/command.js';
import { everyFrame, type Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import { watchWaiting } from '../program/stall-watch.js';
import type { Source } from '../source/source.js';

/** What stops the reading of a clip, besides its end. */
export type RgbRequest = {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a byte from ffmpeg after which it counts as hanging. */
  readonly stallTimeoutMs: number;
};

/**
 * The frames of a clip as packed 8-bit RGB, each in a buffer of its own. Once `signal` fires they
 * end early. Throws VsrError `media` for a clip of which no frame decodes, and when ffmpeg hangs.
 */
export async function* rgbFrames(
  ffmpeg: Ffmpeg,
  { path, video: { index, width, height } }: Source,
  { signal, stallTimeoutMs }: RgbRequest,
): AsyncGenerator<Uint8Array> {
  const exact = 'accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';
  const child = startProcess(
    ffmpeg.ffmpeg,
    [
      ...['-v', 'error', '-nostdin', '-noautorotate', ...safeInputOptions],
      ...['-i', fileUrl(path), '-map', `0:${index}`],
      ...['-vf', `scale=${width}:${height}:flags=${exact},format=rgb24`],
      ...[...everyFrame(ffmpeg), '-f', 'rawvideo', 'pipe:1'],
    ],
    { signal },
  );
  const size = width * height * 3;
  const pictures = frameStream(child.stdout, size, () => new Uint8Array(size));
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
    // A process that is ended breaks its pipe; why it was is said below.
    if (!stalled && signal?.aborted !== true) throw error;
  } finally {
    settle();
    // All is read, or nothing more is wanted: it has nothing left to do but go.
    await child.kill();
  }
  if (signal?.aborted === true) return;
  if (stalled) {
    const waited = Math.round(stallTimeoutMs / 1000);
    throw passing(
      new VsrError(
        'media',
        `ffmpeg gave nothing for ${waited} s while decoding ${path} at frame ${seen}; the same command goes on from there.`,
      ),
    );
  }
  if (ended && seen === 0) {
    const reason = (await child.done).stderrTail.at(-1) ?? 'no frame was decoded';
    throw new VsrError('media', `No frame of ${path} could be decoded: ${reason}.`);
  }
}
