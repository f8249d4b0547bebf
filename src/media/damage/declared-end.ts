import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.js';

/**
 * Reads from a container's own header how long its file must be, in bytes. `null` where the header
 * does not say, such as in a file that was written to a pipe.
 */
export type DeclaredEnd = (file: FileHandle, size: number) => Promise<number | null>;

/** AVI: one or several RIFF lists. A list that was never closed has the length 0. */
export const riffEnd: DeclaredEnd = async (file, size) => {
  for (let at = 0; at < size;) {
    const head = await readAt(file, at, 8);
    const length = head.length === 8 ? head.readUInt32LE(4) : 0;
    if (head.toString('latin1', 0, 4) !== 'RIFF' || length === 0) return null;
    at += 8 + length;
    if (at > size) return at;
  }
  return size;
};

/**
 * The length of an EBML element, which is stored at `at`, and where the element's content begins;
 * `null` for an unknown length.
 */
function ebmlLength(bytes: Buffer, at: number): { length: number; content: number } | null {
  const first = bytes[at] ?? 0;
  const width = Math.clz32(first) - 23;
  if (width > 8 || at + width > bytes.length) return null;
  let length = first & (0xff >> width);
  let unknown = length === 0xff >> width;
  for (const byte of bytes.subarray(at + 1, at + width)) {
    length = length * 256 + byte;
    unknown &&= byte === 0xff;
  }
  return unknown ? null : { length, content: at + width };
}

/** Matroska and WebM: the EBML header, and one Segment that holds the rest. */
export const segmentEnd: DeclaredEnd = async (file) => {
  const head = await readAt(file, 0, 256);
  if (head.length < 4 || head.readUInt32BE(0) !== 0x1a45dfa3) return null;
  const header = ebmlLength(head, 4);
  if (header === null) return null;
  const segment = header.content + header.length;
  if (segment + 4 > head.length || head.readUInt32BE(segment) !== 0x18538067) return null;
  const body = ebmlLength(head, segment + 4);
  return body === null ? null : body.content + body.length;
};

/** ASF's File Properties Object, as its GUID lies in the file. */
const fileProperties = Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex');

/** ASF (WMV): the header states the file's size, except for broadcasts. */
export const asfEnd: DeclaredEnd = async (file) => {
  const head = await readAt(file, 0, 1 << 16);
  const at = head.indexOf(fileProperties);
  if (at < 0 || at + 92 > head.length) return null;
  const isBroadcast = (head.readUInt32LE(at + 88) & 1) === 1;
  return isBroadcast ? null : Number(head.readBigUInt64LE(at + 40));
};

/** The first bytes of the keys of all MXF partition packs. */
const partitionPack = Buffer.from('060e2b34020501010d01020101', 'hex');

/** MXF: the first partition says where the last one lies; 0 if the file was never closed. */
export const mxfEnd: DeclaredEnd = async (file) => {
  const head = await readAt(file, 0, 1 << 16);
  const at = head.indexOf(partitionPack);
  const lengthByte = head[at + 16];
  if (at < 0 || lengthByte === undefined) return null;
  const content = at + 17 + (lengthByte > 0x80 ? lengthByte & 0x7f : 0);
  if (content + 32 > head.length) return null;
  const footer = Number(head.readBigUInt64BE(content + 24));
  return footer === 0 ? null : at + footer + partitionPack.length;
};

/** NUT: the last packet is an index that ends with the distance to its own beginning. */
export const nutEnd: DeclaredEnd = async (file, size) => {
  const tail = await readAt(file, Math.max(0, size - 12), 12);
  const distance = tail.length === 12 ? Number(tail.readBigUInt64BE(0)) : 0;
  if (distance < 12 || distance > size) return size + 1;
  const start = await readAt(file, size - distance, 8);
  return start.equals(Buffer.from('4e58dd672f23e64e', 'hex')) ? size : size + 1;
};

/** MP4 and QuickTime: boxes that follow one another, the last of which ends with the file. */
export const boxesEnd: DeclaredEnd = async (file, size) => {
  for (let at = 0; at < size;) {
    const head = await readAt(file, at, 16);
    if (head.length < 8 || !/^[\w ©-]{4}$/.test(head.toString('latin1', 4, 8))) return null;
    const short = head.readUInt32BE(0);
    if (short === 0) return size;
    const length = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (length < 8) return null;
    at += length;
    if (at > size) return at;
  }
  return size;
};
