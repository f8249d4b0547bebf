import { buffer } from 'node:stream/consumers';
import { VsrError } from '../../errors.js';
import { locateFfmpeg } from '../program/ffmpeg.js';
import { startProcess } from '../program/process.js';
import type { Plane } from '../../planes/plane.js';

let program: Promise<string> | undefined;

/** Runs ffmpeg with bytes in and bytes out. */
async function pipeThrough(args: readonly string[], input: Uint8Array): Promise<Uint8Array> {
  program ??= locateFfmpeg().then((found) => found.ffmpeg);
  const child = startProcess(await program, ['-v', 'error', '-nostdin', ...args], {
    stdin: 'pipe',
  });
  child.stdin!.end(input);
  const output = await buffer(child.stdout);
  const end = await child.done;
  if (end.code !== 0) {
    const reason = end.stderrTail.at(-1) ?? `exit code ${end.code}`;
    throw new VsrError('media', `ffmpeg could not code a training picture with x264: ${reason}.`);
  }
  return output;
}

/**
 * Codes 8-bit luma frames of one even size with x264 (4:2:0, grey chroma, preset medium) and
 * decodes them.
 */
export async function codeAndDecode(frames: readonly Plane[], crf: number): Promise<Plane[]> {
  const { width, height } = frames[0]!;
  const area = width * height;
  const frameBytes = area * 1.5;
  const raw = new Uint8Array(frameBytes * frames.length).fill(128);
  frames.forEach((frame, i) => raw.set(frame.data, i * frameBytes));
  // One thread: the caller keeps the cores busy, and x264's result depends on their number.
  const codec = ['-c:v', 'libx264', '-preset', 'medium', '-crf', String(crf), '-threads', '1'];
  const size = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', '25'];
  const coded = await pipeThrough(
    [...size, '-i', 'pipe:0', ...codec, '-f', 'matroska', 'pipe:1'],
    raw,
  );
  const decoded = await pipeThrough(
    [
      '-threads',
      '1',
      '-f',
      'matroska',
      '-i',
      'pipe:0',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'yuv420p',
      'pipe:1',
    ],
    coded,
  );
  if (decoded.length !== raw.length) {
    throw new VsrError('media', `ffmpeg gave ${decoded.length} bytes back of ${raw.length}.`);
  }
  return frames.map((_, i) => ({
    data: decoded.slice(i * frameBytes, i * frameBytes + area),
    width,
    height,
  }));
}
