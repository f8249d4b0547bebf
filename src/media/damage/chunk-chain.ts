import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.js';

/**
 * PNG and APNG: chunks in a row, the last of which is IEND; an animation has as many frames as it
 * announces.
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
 * IVF: a header of 32 bytes, then frames, each with its length and time ahead. The header holds how
 * many frames there are, or how many ticks they last, as the writer has it.
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
