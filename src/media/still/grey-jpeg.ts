import type { Plane } from '../../planes/plane.js';

/** A plane that went through JPEG. */
export type JpegPlane = {
  readonly plane: Plane;
  /** The JPEG file. */
  readonly file: Uint8Array;
};

/** Codes an 8-bit plane as a grey JPEG of `quality`, 1 to 100, and decodes that. */
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
