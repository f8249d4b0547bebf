import type { FileHandle } from 'node:fs/promises';
import { VsrError } from '../../errors.js';

/** One box of an MP4 or QuickTime file; places in bytes from the buffer's beginning. */
export type Box = {
  readonly type: string;
  /** Where its header begins. */
  readonly start: number;
  readonly end: number;
  /** Where the content begins. */
  readonly body: number;
};

/**
 * The boxes in `buffer` between `start` and `end`. Throws `VsrError('media')` where their sizes
 * make no sense.
 */
export function boxesIn(buffer: Buffer, start = 0, end = buffer.length): Box[] {
  const boxes: Box[] = [];
  let at = start;
  while (at + 8 <= end) {
    const short = buffer.readUInt32BE(at);
    const size = short === 1 && at + 16 <= end ? Number(buffer.readBigUInt64BE(at + 8)) : short;
    const stop = short === 0 ? end : at + size;
    const body = at + (short === 1 ? 16 : 8);
    if (stop < body || stop > end)
      throw new VsrError('media', 'An MP4 box has an impossible size.');
    boxes.push({ type: buffer.toString('latin1', at + 4, at + 8), start: at, end: stop, body });
    at = stop;
  }
  return boxes;
}

/**
 * The first box of the first type within `parent`, in it the first box of the next type, and so on;
 * `undefined` if there is none. `null` as `parent` stands for the whole buffer.
 */
export function findBox(buffer: Buffer, parent: Box | null, ...types: string[]): Box | undefined {
  let inside = parent;
  for (const type of types) {
    const [start, end] = inside === null ? [0, buffer.length] : [inside.body, inside.end];
    const next = boxesIn(buffer, start, end).find((box) => box.type === type);
    if (next === undefined) return undefined;
    inside = next;
  }
  return inside ?? undefined;
}

/** The top-level boxes of an open file, by type, without reading their content. */
export async function readTopLevel(
  file: FileHandle,
): Promise<Map<string, { start: number; size: number }>> {
  const { size: total } = await file.stat();
  const found = new Map<string, { start: number; size: number }>();
  const header = Buffer.alloc(16);
  for (let at = 0; at + 8 <= total;) {
    await file.read(header, 0, 16, at);
    const short = header.readUInt32BE(0);
    const size = short === 0 ? total - at : short === 1 ? Number(header.readBigUInt64BE(8)) : short;
    if (size < 8 || at + size > total) break;
    found.set(header.toString('latin1', 4, 8), { start: at, size });
    at += size;
  }
  return found;
}

/** The bytes of a box with this type and content. */
export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + content.reduce((sum, { length }) => sum + length, 0), 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...content]);
}

/** The bytes of 32-bit numbers, big endian. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32BE(value >>> 0, 4 * i));
  return bytes;
}
