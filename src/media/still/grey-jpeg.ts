import type { Plane } from '../../planes/plane.js';

/** A plane that was encoded as JPEG and decoded. */
export type JpegPlane = {
  readonly plane: Plane;
  /** The bytes of the JPEG file. */
  readonly file: Uint8Array;
};

/** Encodes an 8-bit plane as a grey JPEG of `quality`, 1 to 100, and decodes it. */
export async function codeAsJpeg(
  { data, width, height }: Plane,
  quality: number,
): Promise<JpegPlane> {
  const { default: sharp } = await import('sharp');
  const raw = { width, height, channels: 1 } as const;
  const file = await sharp(data, { raw }).toColourspace('b-w').jpeg({ quality }).toBuffer();
  const decoded = await sharp(file).toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer();
  return { plane: { data: new Uint8Array(decoded), width, height }, file };
}
