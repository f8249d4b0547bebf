import { VsrError } from '../../errors.js';

/** Facts of a picture's header that must be the same for all frames of a clip, and some others. */
export type PictureKind = {
  /** sharp's name of its format, such as `png`. */
  readonly format: string;
  /** Samples. */
  readonly width: number;
  readonly height: number;
  /** The kind of its samples, for people: `rgb of 8 bits with opacity`. */
  readonly samples: string;
  /** Whether it has an ICC profile. */
  readonly profile: boolean;
  /** Whether EXIF states that it is to be turned or mirrored. */
  readonly turned: boolean;
};

const bitsOf: Readonly<Record<string, number>> = { uchar: 8, ushort: 16, uint: 32, float: 32 };

/** Reads a picture's header. Throws VsrError `media` for a file that is no picture. */
export async function pictureKind(file: string): Promise<PictureKind> {
  const { default: sharp } = await import('sharp');
  const found = await sharp(file)
    .metadata()
    .catch((cause: unknown) => {
      const message = `Expected a picture but ${file} cannot be read as one. Is it whole?`;
      throw new VsrError('media', message, { cause });
    });
  const { format, width, height, channels, depth, space, isPalette, icc } = found;
  const colour = isPalette ? 'a palette' : space === 'b-w' ? 'grey' : (space ?? `${channels}`);
  const bits = bitsOf[depth ?? ''] ?? 8;
  return {
    format: format ?? 'unknown',
    width,
    height,
    samples: `${colour} of ${bits} bits${found.hasAlpha ? ' with opacity' : ''}`,
    profile: icc !== undefined,
    turned: (found.orientation ?? 1) !== 1,
  };
}
