import { open, type FileHandle } from 'node:fs/promises';
import { frameLayout } from '../../planes/pixel-format.js';
import { programStreamIsCutOff } from './program-stream.js';
import { readAt } from './read-at.js';
import { gifBlocks } from '../source/gif-blocks.js';
import type { Source } from '../source/source.js';
import { ivfIsCutOff, pngIsCutOff } from './chunk-chain.js';
import {
  asfEnd,
  boxesEnd,
  mxfEnd,
  nutEnd,
  riffEnd,
  segmentEnd,
  type DeclaredEnd,
} from './declared-end.js';

/** A GIF is a chain of blocks that ends with a trailer. */
async function gifIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  return !(await gifBlocks(file, size)).isWhole;
}

/**
 * A transport stream consists of packets of one length: 188 bytes, 192 with a time before each, or
 * 204 with parity after each.
 */
function transportStreamIsCutOff(size: number): boolean {
  return [188, 192, 204].every((packet) => size % packet !== 0);
}

/** A YUV4MPEG2 file is a header line, then for each frame a line and its samples. */
async function y4mIsCutOff(file: FileHandle, _size: number, source: Source): Promise<boolean> {
  const head = await readAt(file, 0, 4096);
  const header = head.indexOf('\n') + 1;
  const line = head.indexOf('\n', header) + 1;
  if (header === 0 || line === 0) return false;
  const frame = head.subarray(header, line).toString('latin1');
  const { video, sizeBytes } = source;
  // The length is known only of frames without parameters, in a format that is not converted.
  if (frame !== 'FRAME\n' || video.conversion !== 'none') return false;
  const { byteLength } = frameLayout(video.format, video.width, video.height);
  const rest = (sizeBytes - header) % (frame.length + byteLength);
  // Stray line ends after the last frame are no loss; the beginning of another frame is one.
  return rest > 0 && (await readAt(file, sizeBytes - rest, 1)).toString('latin1') === 'F';
}

/**
 * Every tag of an FLV is followed by its length. In a whole file the last four bytes therefore lead
 * back to a tag of just that length.
 */
async function flvIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  const tail = await readAt(file, size - 4, 4);
  const length = tail.length === 4 ? tail.readUInt32BE(0) : 0;
  const start = size - 4 - length;
  if (length < 11 || start < 13) return true;
  return (await readAt(file, start, 4)).readUIntBE(1, 3) + 11 !== length;
}

/** The largest page of Ogg, in bytes: a head of 27, a table of 255 lengths, and 255 times 255. */
const largestPage = 65_307;

/** The flag of an Ogg page that is the last of its stream. */
const lastPage = 4;

/** In a whole Ogg file the last page ends with the file, and is flagged as the last. */
async function oggIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  const tail = await readAt(file, Math.max(0, size - largestPage), largestPage);
  // `OggS` may occur by chance within a page; then an earlier one begins the last page.
  let at = tail.lastIndexOf('OggS');
  while (at >= 0) {
    const table = tail.subarray(at + 27, at + 27 + (tail[at + 26] ?? 0));
    if (table.reduce((sum, length) => sum + length, at + 27 + table.length) === tail.length) {
      return (tail[at + 5]! & lastPage) === 0;
    }
    at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1);
  }
  return true;
}

/** Bytes at the end of a program stream that are read: several packs, with packets of 64 KiB. */
const packsBytes = 1 << 19;

async function programIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  return programStreamIsCutOff(await readAt(file, Math.max(0, size - packsBytes), packsBytes));
}

type Check = (file: FileHandle, size: number, source: Source) => Promise<boolean>;

/** Whether a file is shorter than its header declares. */
const shorterThan =
  (end: DeclaredEnd): Check =>
  async (file, size) =>
    ((await end(file, size)) ?? 0) > size;

/** Checks by a part of ffprobe's name of the container. */
const checks: readonly (readonly [string, Check])[] = [
  ['gif', gifIsCutOff],
  ['apng', pngIsCutOff],
  ['ivf', ivfIsCutOff],
  ['flv', flvIsCutOff],
  ['mpeg', programIsCutOff],
  ['ogg', oggIsCutOff],
  ['yuv4mpegpipe', y4mIsCutOff],
  ['matroska', shorterThan(segmentEnd)],
  ['asf', shorterThan(asfEnd)],
  ['mxf', shorterThan(mxfEnd)],
  ['nut', shorterThan(nutEnd)],
];

/**
 * Checks of containers whose end may hold only an index, or bytes that belong to no stream. A file
 * that fails them may lack neither picture nor sound.
 */
const harmless: readonly (readonly [string, Check])[] = [
  ['avi', shorterThan(riffEnd)],
  ['mov', shorterThan(boxesEnd)],
];

async function checkWith(
  known: readonly (readonly [string, Check])[],
  source: Source,
): Promise<boolean> {
  const names = source.container.split(',');
  const check = known.find(([name]) => names.includes(name))?.[1];
  if (check === undefined) return false;
  const file = await open(source.path).catch(() => null);
  if (file === null) return false;
  try {
    return await check(file, source.sizeBytes, source);
  } finally {
    await file.close();
  }
}

/**
 * Whether a file ends before its container says it should, so that something of its streams is
 * missing. `false` for containers that do not tell, and for a file that cannot be read.
 */
export async function isCutOff(source: Source): Promise<boolean> {
  if (source.container === 'mpegts') return transportStreamIsCutOff(source.sizeBytes);
  return checkWith(checks, source);
}

/**
 * As `isCutOff`, but also `true` where perhaps only an index is missing. It is fast, and serves an
 * early warning.
 */
export async function looksCutOff(source: Source): Promise<boolean> {
  return (await isCutOff(source)) || checkWith(harmless, source);
}
