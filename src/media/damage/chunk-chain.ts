import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.js';

/**
 * Whether a PNG or APNG is cut off. Its chunks follow one another, and the last one is IEND; an
 * animation must have as many frames as it announces.
 */
export async function pngIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  let announced = 0;
  let frames = 0;
  for (let at = 8; at + 12 <= size;) {
    const head = await readAt(file, at, 12);
    const kind = head.toString('latin1', 4, 8);
    if (!/^[A-Za-z]{4}$/.test(kind)) return true;
    if (kind === 'IEND') return frames < announced;
    if (kind === 'acTL') announced = head.readUInt32BE(8);
    if (kind === 'fcTL') frames++;
    at += 12 + head.readUInt32BE(0);
  }
  return true;
}

/**
 * Whether an IVF file is cut off. After a header of 32 bytes come frames, each with its length and
 * time before it. The header says how many frames there are, or, by some writers, how many ticks
 * they last.
 */
export async function ivfIsCutOff(file: FileHandle, size: number): Promise<boolean> {
  const header = await readAt(file, 0, 32);
  if (header.length < 32) return true;
  const announced = header.readUInt32LE(24);
  let frames = 0;
  let lastTime = 0;
  for (let at = header.readUInt16LE(6); at < size;) {
    const head = await readAt(file, at, 12);
    if (head.length < 12) return true;
    at += 12 + head.readUInt32LE(0);
    if (at > size) return true;
    lastTime = Number(head.readBigInt64LE(4));
    frames++;
  }
  return frames < announced && lastTime + 1 < announced;
}
