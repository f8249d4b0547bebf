import { VsrError } from '../../errors.js';
import type { PixelFormat } from '../../planes/pixel-format.js';
import type { Ratio } from '../../planes/ratio.js';

/**
 * The FourCCs of planar formats in ffmpeg's rawvideo decoder, checked sample by sample with a build
 * of December 2018 and with 5.1. There are none for 4:4:0 above 8 bit and for 12 bit with alpha;
 * `pipeFormat` replaces those formats.
 */
const fourCcs: Readonly<Record<string, string>> = {
  gray: 'Y800',
  yuv420p: 'I420',
  yuv422p: 'Y42B',
  yuv444p: '444P',
  yuv440p: '440P',
  gray10le: 'Y1\x00\x0a',
  yuv420p10le: 'Y3\x0b\x0a',
  yuv422p10le: 'Y3\x0a\x0a',
  yuv444p10le: 'Y3\x00\x0a',
  gray12le: 'Y1\x00\x0c',
  yuv420p12le: 'Y3\x0b\x0c',
  yuv422p12le: 'Y3\x0a\x0c',
  yuv444p12le: 'Y3\x00\x0c',
  yuva420p: 'Y4\x0b\x08',
  yuva422p: 'Y4\x0a\x08',
  yuva444p: 'Y4\x00\x08',
  yuva420p10le: 'Y4\x0b\x0a',
  yuva422p10le: 'Y4\x0a\x0a',
  yuva444p10le: 'Y4\x00\x0a',
};

/** Whether frames of `format` can be handed to ffmpeg as IVF. */
export function hasIvfForm(format: PixelFormat): boolean {
  return format.name in fourCcs;
}

/** Length of an IVF file's header. */
export const ivfHeaderBytes = 32;
/** Length of the header before each frame. */
export const ivfFrameHeaderBytes = 12;

/** The largest width and height that IVF's 16-bit fields can hold. */
export const ivfLargestSide = 65535;

/**
 * The header of an IVF stream of raw frames, which ffmpeg reads with `-f ivf -c:v rawvideo`. One
 * tick of the frames' timestamps is `timeBase` seconds. Throws `VsrError('media')` for a width or
 * height above 65535, RangeError for a format without a FourCC.
 *
 * Source: https://wiki.multimedia.cx/index.php/Duck_IVF
 */
export function ivfHeader(
  format: PixelFormat,
  width: number,
  height: number,
  timeBase: Ratio,
): Uint8Array {
  const fourCc = fourCcs[format.name];
  if (fourCc === undefined) throw new RangeError(`${format.name} has no IVF form`);
  if (width > ivfLargestSide || height > ivfLargestSide) {
    throw new VsrError(
      'media',
      `Expected a picture of at most ${ivfLargestSide} samples a side but it would be ${width}x${height}. Try a smaller --scale.`,
    );
  }
  const header = Buffer.alloc(ivfHeaderBytes);
  header.write('DKIF', 0, 'latin1');
  header.writeUInt16LE(ivfHeaderBytes, 6);
  header.write(fourCc, 8, 'latin1');
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(timeBase.den, 16);
  header.writeUInt32LE(timeBase.num, 20);
  return header;
}

/**
 * The header of a frame of `byteLength` bytes that is shown at `pts` ticks: a safe integer, which
 * may be negative.
 */
export function ivfFrameHeader(byteLength: number, pts: number): Uint8Array {
  const header = Buffer.alloc(ivfFrameHeaderBytes);
  header.writeUInt32LE(byteLength, 0);
  header.writeBigInt64LE(BigInt(pts), 4);
  return header;
}
