import { VsrError } from '../../errors.js';
import type { FrameLayout } from '../../planes/pixel-format.js';
import { hasIvfForm, ivfFrameHeader, ivfHeader } from '../encode/ivf.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import { writeTo } from './write-to.js';

/** How frames without times are encoded. */
export type Coding = {
  readonly layout: FrameLayout;
  /** x264's CRF, 0 to 51. */
  readonly crf: number;
  /** Path of the clip that the frames are from, for messages. */
  readonly of: string;
};

/**
 * Encodes frames with x264, preset medium, at 25 per second, into `file`, whose ending chooses the
 * container. Rejects with VsrError `media` for a layout that IVF cannot carry, and where ffmpeg
 * fails.
 */
export async function codeFrames(
  ffmpeg: Ffmpeg,
  frames: AsyncIterable<Uint8Array>,
  { layout, crf, of }: Coding,
  file: string,
): Promise<void> {
  const { format, width, height } = layout;
  if (!hasIvfForm(format)) {
    throw new VsrError('media', `${of} (${format.name}) cannot be coded by x264.`);
  }
  const coder = startProcess(
    ffmpeg.ffmpeg,
    [
      ...['-nostdin', '-v', 'error', '-f', 'ivf', '-c:v', 'rawvideo', '-i', 'pipe:0'],
      ...['-c:v', 'libx264', '-preset', 'medium', '-crf', String(crf)],
      ...['-y', file],
    ],
    { stdin: 'pipe' },
  );
  coder.stdout.resume();
  try {
    let open = await writeTo(coder, ivfHeader(format, width, height, { num: 1, den: 25 }));
    let number = 0;
    for await (const frame of frames) {
      // A write fails when the encoder has ended; its error is reported below.
      open = open && (await writeTo(coder, ivfFrameHeader(layout.byteLength, number++)));
      open = open && (await writeTo(coder, frame));
      if (!open) break;
    }
    coder.stdin!.end();
  } catch (error) {
    await coder.kill();
    throw error;
  }
  const { code, stderrTail } = await coder.done;
  if (code !== 0) {
    throw new VsrError('media', `x264 could not code ${of}: ${stderrTail.at(-1) ?? ''}`);
  }
}
