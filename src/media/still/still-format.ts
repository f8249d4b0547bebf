import path from 'node:path';
import type { Metadata } from 'sharp';

/** Formats of pictures that vsr enlarges, by the names of `kindOf`. */
export const readable = ['png', 'jpeg', 'webp', 'tiff', 'avif'] as const;

/** The formats in which pictures are written, by the endings of names. */
const writers: Readonly<Record<string, 'png' | 'jpeg' | 'webp' | 'tiff'>> = {
  ...{ '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.jpe': 'jpeg', '.jfif': 'jpeg' },
  ...{ '.webp': 'webp' },
  ...{ '.tif': 'tiff', '.tiff': 'tiff' },
};

/** The format in which a picture of that name is written; `null` where it cannot be. */
export function writerOf(output: string): 'png' | 'jpeg' | 'webp' | 'tiff' | null {
  return writers[path.extname(output).toLowerCase()] ?? null;
}

/** The name of a picture's format: sharp's, but `avif` or `heic` for HEIF, by its compression. */
export function kindOf({ format, compression }: Metadata): string {
  if (format !== 'heif') return format;
  return compression === 'av1' ? 'avif' : 'heic';
}

/** Pixels per inch in print; `null` where the picture does not state it. */
export function densityOf({ density, format }: Metadata): number | null {
  // sharp gives 72 for JPEGs and others that state nothing.
  const untold = density === undefined || (density === 72 && format !== 'png');
  return untold ? null : density;
}
