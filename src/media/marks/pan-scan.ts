import type { SideData } from './side-data.js';

/** Whether `data` is MPEG-2's pan and scan: the part of a picture for screens of another shape. */
export const isPanScan = ({ type }: SideData): boolean => /Pan.?Scan/i.test(type);

/** Start code and kind of MPEG-2's sequence display extension, which states the display size. */
const [extensionCode, displayKind] = [Buffer.from([0, 0, 1, 0xb5]), 2];

/** The number in `count` bits of `bytes` from bit `from` on; bits beyond the end are 0. */
function bitsAt(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let bit = from; bit < from + count; bit++) {
    value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}

/**
 * The display size that an MPEG-2 sequence header states, in luma samples: the size of the part of
 * each picture that is to be shown. `null` where it states none, which means all of it.
 *
 * Source: ISO 13818-2, 6.2.2.4.
 */
export function displaySize(header: Buffer): { width: number; height: number } | null {
  for (let at = header.indexOf(extensionCode); at >= 0;) {
    const start = 8 * (at + extensionCode.length);
    if (bitsAt(header, start, 4) === displayKind) {
      // After a video format of 3 bits comes one bit: whether 24 bits about colour follow.
      const sizes = start + 8 + (bitsAt(header, start + 7, 1) === 1 ? 24 : 0);
      return { width: bitsAt(header, sizes, 14), height: bitsAt(header, sizes + 15, 14) };
    }
    at = header.indexOf(extensionCode, at + extensionCode.length);
  }
  return null;
}

/** The bytes in a hex dump of ffprobe (`-show_data`): lines of an offset and groups of digits. */
export function bytesOfDump(dump: string): Buffer {
  const lines = dump.matchAll(/^[\da-f]{8}: ((?:[\da-f]{2,4} )+)/gm);
  return Buffer.from([...lines].map(([, digits]) => digits!.replaceAll(' ', '')).join(''), 'hex');
}
