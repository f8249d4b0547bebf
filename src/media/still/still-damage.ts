import { open, readFile } from 'node:fs/promises';
import { readAt } from '../damage/read-at.js';
import { jpegScanFault } from './jpeg/jpeg-scan.js';

/** A picture's file, and sharp's name of its format. */
type StillFile = { readonly path: string; readonly format: string };

/**
 * What is wrong with the data of a picture, where its decoder would not notice it: only for JPEG.
 * In words that follow the file's name; `null` if nothing is found.
 */
export async function dataFault({ path, format }: StillFile): Promise<string | null> {
  if (format !== 'jpeg') return null;
  const fault = jpegScanFault(await readFile(path));
  return fault === null ? null : `is broken: ${fault}`;
}

/** Largest number of bytes to add: a file may state any length. */
const mostFilled = 1 << 28;

/**
 * The input for sharp to read the picture at `path`: its path, or, for a WebP that is cut off, its
 * bytes, filled up with zeros to the length that it states, because the decoder refuses it
 * otherwise.
 */
export async function readableInput(path: string): Promise<string | Buffer> {
  await using file = await open(path);
  const head = await readAt(file, 0, 12);
  const isWebp = /^RIFF[^]{4}WEBP$/.test(head.toString('latin1'));
  const { size } = await file.stat();
  const missing = isWebp ? 8 + head.readUInt32LE(4) - size : 0;
  if (missing <= 0) return path;
  return Buffer.concat([await readFile(path), Buffer.alloc(Math.min(missing, mostFilled))]);
}
