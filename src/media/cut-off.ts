import { open, type FileHandle } from 'node:fs/promises';
import { frameLayout } from '../planes/pixel-format.js';
import type { Source } from './source.js';

async function readAt(file: FileHandle, position: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, position);
  return buffer.subarray(0, bytesRead);
}

/** A GIF ends with a semicolon; some writers put zeros behind it. */
async function gifIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  const tail = await readAt(file, Math.max(0, size - 64), 64);
  return tail.findLast((byte) => byte !== 0) !== 0x3b;
}

/** A PNG, animated or not, ends with its IEND chunk. */
async function pngIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  return !(await readAt(file, Math.max(0, size - 64), 64)).includes('IEND');
}

/** A transport stream is packets of one length: plain, with a time ahead, or with parity behind. */
function transportStreamIsCutOff(size: number): boolean {
  return [188, 192, 204].every((packet) => size % packet !== 0);
}

/** Behind the header's line, each frame of a YUV4MPEG2 file is a line of its own and the samples. */
async function y4mIsCutOff(file: FileHandle, source: Source): Promise<boolean> {
  const head = await readAt(file, 0, 4096);
  const header = head.indexOf('\n') + 1;
  const line = head.indexOf('\n', header) + 1;
  if (header === 0 || line === 0) return false;
  const frame = head.subarray(header, line).toString('latin1');
  const { video, sizeBytes } = source;
  // Frames may have parameters each, and a format that is converted has another size in the file.
  if (frame !== 'FRAME\n' || video.conversion !== 'none') return false;
  const { byteLength } = frameLayout(video.format, video.width, video.height);
  const rest = (sizeBytes - header) % (frame.length + byteLength);
  // Stray line ends behind the last frame are nobody's loss; the head of a frame is.
  return rest > 0 && (await readAt(file, sizeBytes - rest, 1)).toString('latin1') === 'F';
}

/**
 * Whether a file breaks off, by its own end, in containers whose reader in ffmpeg does not tell: GIF,
 * APNG, MPEG transport streams and y4m. `false` for all others, and for a file that cannot be read.
 */
export async function isCutOff(source: Source): Promise<boolean> {
  const { container, path, sizeBytes } = source;
  if (container === 'mpegts') return transportStreamIsCutOff(sizeBytes);
  if (!['gif', 'apng', 'yuv4mpegpipe'].includes(container)) return false;
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  try {
    if (container === 'gif') return await gifIsCutOff(file, sizeBytes);
    if (container === 'apng') return await pngIsCutOff(file, sizeBytes);
    return await y4mIsCutOff(file, source);
  } finally {
    await file.close();
  }
}
