import type { SideData } from './side-data.js';

/** Whether `data` is MPEG-2's word on which part of a picture screens of another shape show. */
export const isPanScan = ({ type }: SideData): boolean => /Pan.?Scan/i.test(type);

/** Start code and kind of MPEG-2's sequence display extension: its size stands in what follows. */
const [extensionCode, displayKind] = [Buffer.from([0, 0, 1, 0xb5]), 2];

/** `count` bits of `bytes` from bit `from` on, as a number; beyond the end they are 0. */
function bitsAt(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let bit = from; bit < from + count; bit++) {
    value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}

/**
 * The size of the part of each picture that MPEG-2's sequence header `header` says is to be shown;
 * `null` where it says nothing of that, which means all of it.
 */
export function displaySize(header: Buffer): { width: number; height: number } | null {
  for (let at = header.indexOf(extensionCode); at >= 0;) {
    const start = 8 * (at + extensionCode.length);
    if (bitsAt(header, start, 4) === displayKind) {
      // A video format of 3 bits, and whether 24 bits on colours follow it.
      const sizes = start + 8 + (bitsAt(header, start + 7, 1) === 1 ? 24 : 0);
      return { width: bitsAt(header, sizes, 14), height: bitsAt(header, sizes + 15, 14) };
    }
    at = header.indexOf(extensionCode, at + extensionCode.length);
  }
  return null;
}

/** The bytes that a dump of ffprobe shows (`-show_data`): an offset, then groups of hex digits. */
export function bytesOfDump(dump: string): Buffer {
  const lines = dump.matchAll(/^[\da-f]{8}: ((?:[\da-f]{2,4} )+)/gm);
  return Buffer.from([...lines].map(([, digits]) => digits!.replaceAll(' ', '')).join(''), 'hex');
}
