import { open, type FileHandle } from 'node:fs/promises';
import { pngIsCutOff } from '../damage/chunk-chain.js';
import { readAt } from '../damage/read-at.js';
import { packBitsFault } from './pack-bits.js';
import { tiffDirectory, tiffTags } from './tiff-directory.js';

/** What is found to be wrong with a picture's file without decoding it. */
export type StillFault = {
  /** In words that follow the file's name. */
  readonly what: string;
  /**
   * Whether nothing of it can be used: it claims more than its file can hold, or lacks its header.
   */
  readonly isHopeless: boolean;
};

/**
 * Upper limits of compression ratios: bytes of samples per byte in the file. Compressions that are
 * not listed have no limit.
 */
const mostPerByte = { none: 1, packBits: 64, deflate: 1032, lzw: 2000, jpeg: 1024 } as const;

const isCut = (what: string): StillFault => ({ what: `is cut off: ${what}`, isHopeless: false });
const claims = (width: number, height: number, size: number): StillFault => ({
  what: `claims ${width}x${height} pixels, more than its ${size} bytes can hold: it is damaged, or made to harm`,
  isHopeless: true,
});

/** Number of channels of each PNG colour type. */
const pngChannels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

async function pngFault(file: FileHandle, size: number): Promise<StillFault | null> {
  const head = await readAt(file, 0, 33);
  if (head.length < 33) return isCut('it has no header');
  const [width, height] = [head.readUInt32BE(16), head.readUInt32BE(20)];
  const bits = head[24]! * (pngChannels[head[25]!] ?? 1);
  if ((height * (width * bits)) / 8 > size * mostPerByte.deflate)
    return claims(width, height, size);
  return (await pngIsCutOff(file, size)) ? isCut('its chunks do not lead to its end') : null;
}

/**
 * Checks the size in a JPEG's frame header against the length of the file: 8x8 samples take at
 * least one bit.
 */
async function jpegFault(file: FileHandle, size: number): Promise<StillFault | null> {
  for (let at = 2; at + 9 < size;) {
    const head = await readAt(file, at, 9);
    const kind = head[1] ?? 0;
    if (head[0] !== 0xff || kind === 0xda) break;
    if (kind === 0xff || kind === 0x01 || (kind >= 0xd0 && kind <= 0xd7)) {
      at += kind === 0xff ? 1 : 2;
      continue;
    }
    const isFrame = kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind);
    if (isFrame) {
      const [height, width] = [head.readUInt16BE(5), head.readUInt16BE(7)];
      return width * height > size * mostPerByte.jpeg ? claims(width, height, size) : null;
    }
    at += 2 + head.readUInt16BE(2);
  }
  return null;
}

/** Checks whether a WebP, which is one RIFF list, is as long as it states. */
async function webpFault(file: FileHandle, size: number): Promise<StillFault | null> {
  const head = await readAt(file, 0, 8);
  const end = head.length === 8 ? 8 + head.readUInt32LE(4) : 0;
  return end > size ? isCut(`it ends ${end - size} bytes before it says`) : null;
}

/** Ratios by TIFF's numbers of compressions, where they have a limit. */
const tiffRatios: Readonly<Record<number, number>> = {
  1: mostPerByte.none,
  5: mostPerByte.lzw,
  7: mostPerByte.jpeg,
  8: mostPerByte.deflate,
  32773: mostPerByte.packBits,
  32946: mostPerByte.deflate,
};

/**
 * The least share of samples that subsampled chroma leaves of those that size and channels say.
 */
const leastShare = 1 / 4;

async function tiffFault(file: FileHandle, size: number): Promise<StillFault | null> {
  const directory = await tiffDirectory(file);
  const first = (tag: number): number | undefined => directory?.get(tag)?.[0];
  const [width, height] = [first(tiffTags.width), first(tiffTags.height)];
  if (directory === null) {
    return {
      what: 'is cut off: its directory, which says what it holds, lies beyond its end, so that nothing can be taken of it',
      isHopeless: true,
    };
  }
  if (width === undefined || height === undefined) return null;
  const offsets = directory.get(tiffTags.stripOffsets) ?? directory.get(tiffTags.tileOffsets) ?? [];
  const lengths = directory.get(tiffTags.stripBytes) ?? directory.get(tiffTags.tileBytes) ?? [];
  const samples =
    (width * height * (first(tiffTags.bits) ?? 1) * (first(tiffTags.channels) ?? 1)) / 8;
  const ratio = tiffRatios[first(tiffTags.compression) ?? 1];
  if (ratio !== undefined && samples * leastShare > size * ratio)
    return claims(width, height, size);
  const beyond = offsets.filter((offset, i) => offset + (lengths[i] ?? 0) > size).length;
  if (beyond === 0) {
    const what = await packBitsFault(file, directory);
    return what === null ? null : { what, isHopeless: false };
  }
  return isCut(`${beyond} of its ${offsets.length} strips or tiles lie beyond its end`);
}

const faults: Readonly<
  Record<string, (file: FileHandle, size: number) => Promise<StillFault | null>>
> = { png: pngFault, jpeg: jpegFault, webp: webpFault, tiff: tiffFault };

/**
 * What is wrong with the picture at `path`, of sharp's format `format`, according to its header and
 * the length of its file; `null` if nothing is found. It needs little memory, whatever size the
 * picture claims.
 */
export async function stillFault(path: string, format: string): Promise<StillFault | null> {
  await using file = await open(path);
  return (await faults[format]?.(file, (await file.stat()).size)) ?? null;
}

/**
 * Why nothing of a TIFF can be used, in words; `null` where that is not so, and for other files.
 */
export async function unreadableFault(path: string): Promise<string | null> {
  await using file = await open(path);
  const head = (await readAt(file, 0, 4)).toString('latin1');
  if (!['II*\0', 'MM\0*'].includes(head)) return null;
  const fault = await tiffFault(file, (await file.stat()).size);
  return fault?.isHopeless === true ? fault.what : null;
}
