import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../damage/read-at.js';

/** The numbers of TIFF tags that are read here. */
export const tiffTags = {
  ...{ width: 256, height: 257, bits: 258, compression: 259, channels: 277 },
  ...{ rowsPerStrip: 278, planar: 284 },
  ...{ stripOffsets: 273, stripBytes: 279, tileOffsets: 324, tileBytes: 325 },
} as const;

/** Lengths in bytes of TIFF's types of whole numbers. */
const typeBytes: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 16: 8, 18: 8 };

/** No picture that can be enlarged has more strips or tiles. */
const mostPieces = 1 << 20;

/**
 * The first directory of a TIFF or BigTIFF: lists of numbers by tag. `null` where the directory is
 * beyond the end of the file.
 */
export async function tiffDirectory(file: FileHandle): Promise<Map<number, number[]> | null> {
  const head = await readAt(file, 0, 16);
  const little = head.toString('latin1', 0, 2) === 'II';
  if (head.length < 8) return null;
  const unsigned = (bytes: Buffer, at: number, width: number): number => {
    if (width === 8) return Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return little ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);
  };
  const big = unsigned(head, 2, 2) === 43;
  if (big && head.length < 16) return null;
  const word = big ? 8 : 4;
  const at = unsigned(head, big ? 8 : 4, word);
  const countBytes = big ? 8 : 2;
  const counted = await readAt(file, at, countBytes);
  if (counted.length < countBytes) return null;
  const entries = Math.min(unsigned(counted, 0, countBytes), 4096);
  const entryBytes = 4 + 2 * word;
  const table = await readAt(file, at + countBytes, entries * entryBytes);
  const found = new Map<number, number[]>();
  for (let entry = 0; entry + entryBytes <= table.length; entry += entryBytes) {
    const tag = unsigned(table, entry, 2);
    const width = typeBytes[unsigned(table, entry + 2, 2)];
    const count = unsigned(table, entry + 4, word);
    if (width === undefined || count > mostPieces) continue;
    const inline = count * width <= word;
    const value = entry + 4 + word;
    const bytes = inline
      ? table.subarray(value, value + count * width)
      : await readAt(file, unsigned(table, value, word), count * width);
    const whole = Math.floor(bytes.length / width);
    found.set(
      tag,
      Array.from({ length: whole }, (_, i) => unsigned(bytes, i * width, width)),
    );
  }
  return found;
}
