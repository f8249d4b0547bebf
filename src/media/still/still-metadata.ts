import { deflateSync } from 'node:zlib';
import { crc32Of } from '../damage/crc32.js';

/** The metadata of a picture; `null` for what it does not have. */
export type StillMetadata = {
  /** ICC profile. */
  readonly icc: Buffer | null;
  /** EXIF as TIFF bytes, without JPEG's `Exif\0\0` before them. */
  readonly exif: Buffer | null;
  /** XMP packet. */
  readonly xmp: Buffer | null;
  /** EXIF orientation, 1 to 8; 1 where the picture does not state it. */
  readonly orientation: number;
  /** Pixels per inch in print. */
  readonly density: number | null;
};

const exifHead = Buffer.from('Exif\0\0', 'latin1');

/** EXIF without the six bytes that JPEG puts before it, if they are there. */
export function plainExif(exif: Buffer): Buffer {
  return exif.subarray(0, 6).equals(exifHead) ? exif.subarray(6) : exif;
}

/**
 * EXIF that holds only `orientation`, which TIFF stores outside of EXIF; `null` for 1, upright.
 */
export function turnedExif(orientation: number): Buffer | null {
  if (orientation === 1) return null;
  const head = Buffer.from('4d4d002a00000008' + '0001' + '0112000300000001', 'hex');
  const value = Buffer.from([0, orientation, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, value]);
}

function segment(marker: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Bytes that fit into a JPEG segment after the longest identifier. */
const segmentRoom = 65_000;

/** A JFIF header of version 1.2 that states the pixels per inch. */
function jfifHeader(density: number): Buffer {
  const dots = Math.min(0xffff, Math.round(density));
  const body = Buffer.from('JFIF\0\x01\x02\x01\0\0\0\0\0\0', 'latin1');
  body.writeUInt16BE(dots, 8);
  body.writeUInt16BE(dots, 10);
  return segment(0xe0, body);
}

/**
 * Inserts metadata after the first marker of a JPEG. EXIF and XMP that do not fit into one segment
 * are left out.
 */
export function intoJpeg(jpeg: Buffer, metadata: StillMetadata): Buffer {
  const { icc, exif, xmp, density } = metadata;
  const parts: Buffer[] = [];
  if (exif !== null && exif.length <= segmentRoom) parts.push(segment(0xe1, exifHead, exif));
  if (xmp !== null && xmp.length <= segmentRoom) {
    parts.push(segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1'), xmp));
  }
  const count = icc === null ? 0 : Math.ceil(icc.length / segmentRoom);
  for (let i = 0; i < count; i++) {
    const name = Buffer.from('ICC_PROFILE\0\0\0', 'latin1');
    name[12] = i + 1;
    name[13] = count;
    parts.push(segment(0xe2, name, icc!.subarray(i * segmentRoom, (i + 1) * segmentRoom)));
  }
  // sharp 0.35 writes no JFIF header.
  const header = density === null ? [] : [jfifHeader(density)];
  return Buffer.concat([jpeg.subarray(0, 2), ...header, ...parts, jpeg.subarray(2)]);
}

function chunk(type: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(body.length + 12);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  body.copy(bytes, 8);
  bytes.writeUInt32BE(crc32Of(bytes.subarray(4, body.length + 8)), body.length + 8);
  return bytes;
}

/** The content of PNG's pHYs chunk: pixels per metre across and down, and 1, the unit metre. */
function pixelsPerMetre(density: number): Buffer {
  const body = Buffer.alloc(9);
  const dots = Math.round(density / 0.0254);
  body.writeUInt32BE(dots, 0);
  body.writeUInt32BE(dots, 4);
  body[8] = 1;
  return body;
}

/** Inserts metadata after the header chunk of a PNG. */
export function intoPng(png: Buffer, metadata: StillMetadata): Buffer {
  const { icc, exif, xmp, density } = metadata;
  const parts: Buffer[] = [];
  if (density !== null) parts.push(chunk('pHYs', pixelsPerMetre(density)));
  if (icc !== null) {
    parts.push(chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(icc)])));
  }
  if (exif !== null) parts.push(chunk('eXIf', exif));
  if (xmp !== null) {
    parts.push(chunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0'), xmp])));
  }
  // Signature (8 bytes) and IHDR (25) come first in every PNG.
  return Buffer.concat([png.subarray(0, 33), ...parts, png.subarray(33)]);
}

function riffChunk(type: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(8 + body.length + (body.length % 2));
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32LE(body.length, 4);
  body.copy(bytes, 8);
  return bytes;
}

/** Adds metadata to a WebP of `width` x `height`, which becomes one in the extended format. */
export function intoWebp(
  webp: Buffer,
  metadata: StillMetadata,
  picture: { readonly width: number; readonly height: number; readonly alpha: boolean },
): Buffer {
  const { icc, exif, xmp } = metadata;
  if (icc === null && exif === null && xmp === null) return webp;
  const chunks: Buffer[] = [];
  for (let place = 12; place + 8 <= webp.length;) {
    const length = 8 + webp.readUInt32LE(place + 4);
    const type = webp.toString('latin1', place, place + 4);
    const whole = webp.subarray(place, place + length + (length % 2));
    if (type === 'VP8 ' || type === 'VP8L' || type === 'ALPH') chunks.push(whole);
    place += length + (length % 2);
  }
  const header = Buffer.alloc(10);
  header[0] =
    (icc === null ? 0 : 0x20) |
    (picture.alpha ? 0x10 : 0) |
    (exif === null ? 0 : 0x08) |
    (xmp === null ? 0 : 0x04);
  header.writeUIntLE(picture.width - 1, 4, 3);
  header.writeUIntLE(picture.height - 1, 7, 3);
  const body = Buffer.concat([
    riffChunk('VP8X', header),
    ...(icc === null ? [] : [riffChunk('ICCP', icc)]),
    ...chunks,
    ...(exif === null ? [] : [riffChunk('EXIF', exif)]),
    ...(xmp === null ? [] : [riffChunk('XMP ', xmp)]),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}

/**
 * Adds profile, XMP and orientation to the first directory of a TIFF, which is written again at the
 * end. EXIF is left out, because all offsets in its directory would have to be changed.
 */
export function intoTiff(tiff: Buffer, metadata: StillMetadata): Buffer {
  const little = tiff[0] === 0x49;
  const read16 = (at: number): number => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const read32 = (at: number): number => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const entry = (tag: number, type: number, count: number, value: number): Buffer => {
    const bytes = Buffer.alloc(12);
    const [put16, put32] = little
      ? [bytes.writeUInt16LE.bind(bytes), bytes.writeUInt32LE.bind(bytes)]
      : [bytes.writeUInt16BE.bind(bytes), bytes.writeUInt32BE.bind(bytes)];
    put16(tag, 0);
    put16(type, 2);
    put32(count, 4);
    // A value of type SHORT is in the first two of the four bytes.
    if (type === 3) put16(value, 8);
    else put32(value, 8);
    return bytes;
  };
  const directory = read32(4);
  const entries = new Map<number, Buffer>();
  for (let i = 0; i < read16(directory); i++) {
    const at = directory + 2 + i * 12;
    entries.set(read16(at), tiff.subarray(at, at + 12));
  }
  const tail: Buffer[] = [];
  let end = tiff.length + (tiff.length % 2);
  if (tiff.length % 2 === 1) tail.push(Buffer.alloc(1));
  const add = (tag: number, type: number, bytes: Buffer | null): void => {
    if (bytes === null) return;
    entries.set(tag, entry(tag, type, bytes.length, end));
    const padding = Buffer.alloc(bytes.length % 2);
    tail.push(bytes, padding);
    end += bytes.length + padding.length;
  };
  add(34675, 7, metadata.icc);
  add(700, 1, metadata.xmp);
  entries.set(274, entry(274, 3, 1, metadata.orientation));
  const count = Buffer.alloc(2);
  const start = Buffer.alloc(4);
  if (little) count.writeUInt16LE(entries.size);
  else count.writeUInt16BE(entries.size);
  if (little) start.writeUInt32LE(end);
  else start.writeUInt32BE(end);
  const sorted = [...entries].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  const next = tiff.subarray(directory + 2 + read16(directory) * 12).subarray(0, 4);
  const body = [tiff.subarray(0, 4), start, tiff.subarray(8), ...tail, count, ...sorted, next];
  return Buffer.concat(body);
}
