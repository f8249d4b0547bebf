import type { FileHandle } from 'node:fs/promises';
import { readAt } from '../damage/read-at.js';
import { tiffTags } from './tiff-directory.js';

/** TIFF's number of the compression PackBits. */
const packBits = 32773;

/** Number of bytes that PackBits data becomes when it is unpacked. */
function unpackedBytes(packed: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < packed.length;) {
    const head = packed[at]!;
    if (head === 128) at += 1;
    else if (head < 128) {
      sum += Math.min(head + 1, packed.length - at - 1);
      at += head + 2;
    } else {
      sum += at + 1 < packed.length ? 257 - head : 0;
      at += 2;
    }
  }
  return sum;
}

/**
 * Says how many strips of a PackBits TIFF do not unpack to the samples of their rows: PackBits has
 * no checksum, but damaged bytes give runs of other lengths. In words that follow the file's name;
 * `null` where all strips fit, for other compressions, and for tiles.
 */
export async function packBitsFault(
  file: FileHandle,
  directory: ReadonlyMap<number, readonly number[]>,
): Promise<string | null> {
  const first = (tag: number): number => directory.get(tag)?.[0] ?? 1;
  const offsets = directory.get(tiffTags.stripOffsets) ?? [];
  const lengths = directory.get(tiffTags.stripBytes) ?? [];
  if (first(tiffTags.compression) !== packBits || offsets.length === 0) return null;
  const [width, height] = [first(tiffTags.width), first(tiffTags.height)];
  const channels = first(tiffTags.planar) === 2 ? 1 : first(tiffTags.channels);
  const rowBytes = Math.ceil((width * first(tiffTags.bits) * channels) / 8);
  const rows = Math.min(directory.get(tiffTags.rowsPerStrip)?.[0] ?? height, height);
  const perChannel = Math.ceil(height / rows);
  let broken = 0;
  for (const [i, offset] of offsets.entries()) {
    const strip = i % perChannel;
    const wanted = Math.min(rows, height - strip * rows) * rowBytes;
    const packed = await readAt(file, offset, lengths[i] ?? 0);
    if (unpackedBytes(packed) !== wanted) broken++;
  }
  if (broken === 0) return null;
  return `is broken: ${broken} of its ${offsets.length} strips hold other than their rows' samples`;
}
