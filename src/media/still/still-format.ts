import path from 'node:path';
import type { Metadata } from 'sharp';

/** Formats that are read, by sharp's names. */
export const readable = ['png', 'jpeg', 'webp', 'tiff', 'avif'] as const;

/** How a picture is written, by the ending of its name. */
const writers: Readonly<Record<string, 'png' | 'jpeg' | 'webp' | 'tiff'>> = {
  ...{ '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.jpe': 'jpeg', '.jfif': 'jpeg' },
  ...{ '.webp': 'webp' },
  ...{ '.tif': 'tiff', '.tiff': 'tiff' },
};

/** How a picture of that name is written; `null` where it cannot be. */
export function writerOf(output: string): 'png' | 'jpeg' | 'webp' | 'tiff' | null {
  return writers[path.extname(output).toLowerCase()] ?? null;
}

/** The format's name for people: sharp's HEIF is AVIF or HEIC, by what compresses it. */
export function kindOf({ format, compression }: Metadata): string {
  if (format !== 'heif') return format;
  return compression === 'av1' ? 'avif' : 'heic';
}

/** Pixels an inch on paper; `null` where the picture does not say. */
export function densityOf({ density, format }: Metadata): number | null {
  // sharp tells 72 of JPEGs and others that say nothing.
  const untold = density === undefined || (density === 72 && format !== 'png');
  return untold ? null : density;
}
