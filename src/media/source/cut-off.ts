import { open, type FileHandle } from 'node:fs/promises';
import { frameLayout } from '../../planes/pixel-format.js';
import { programStreamIsCutOff } from './program-stream.js';
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
async function y4mIsCutOff(file: FileHandle, _size: number, source: Source): Promise<boolean> {
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

/** Every tag of an FLV is followed by its length: the last four bytes lead to a tag that is just so long. */
async function flvIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  const tail = await readAt(file, size - 4, 4);
  const length = tail.length === 4 ? tail.readUInt32BE(0) : 0;
  const start = size - 4 - length;
  if (length < 11 || start < 13) return true;
  return (await readAt(file, start, 4)).readUIntBE(1, 3) + 11 !== length;
}

/** The largest page of Ogg, in bytes: a head of 27, a table of 255 lengths, and their sum. */
const largestPage = 65_307;

/** A page of Ogg says how long it is; the last one ends with the file. */
async function oggIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  const tail = await readAt(file, Math.max(0, size - largestPage), largestPage);
  // The last mark may be chance within a page; then one ahead of it leads to the end.
  let at = tail.lastIndexOf('OggS');
  while (at >= 0) {
    const table = tail.subarray(at + 27, at + 27 + (tail[at + 26] ?? 0));
    if (table.reduce((sum, length) => sum + length, at + 27 + table.length) === tail.length) {
      return false;
    }
    at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1);
  }
  return true;
}

/** Enough for some packs of program streams, whose packets are shorter than 64 KiB. */
const packsBytes = 1 << 19;

async function programIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  return programStreamIsCutOff(await readAt(file, Math.max(0, size - packsBytes), packsBytes));
}

type Check = (file: FileHandle, size: number, source: Source) => Promise<boolean>;

/** By ffprobe's name of the container. */
const checks: Readonly<Record<string, Check>> = {
  gif: gifIsCutOff,
  apng: pngIsCutOff,
  flv: flvIsCutOff,
  mpeg: programIsCutOff,
  ogg: oggIsCutOff,
  yuv4mpegpipe: y4mIsCutOff,
};

/**
 * Whether a file breaks off, by its own end, in containers whose reader in ffmpeg does not tell: GIF,
 * APNG, FLV, Ogg, MPEG transport and program streams and y4m. `false` for all others, and for a file that cannot be read.
 */
export async function isCutOff(source: Source): Promise<boolean> {
  const { container, path, sizeBytes } = source;
  if (container === 'mpegts') return transportStreamIsCutOff(sizeBytes);
  const check = checks[container];
  if (check === undefined) return false;
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  try {
    return await check(file, sizeBytes, source);
  } finally {
    await file.close();
  }
}
