import { open, readFile } from 'node:fs/promises';
import { readAt } from '../damage/read-at.js';
import { jpegScanFault } from './jpeg/jpeg-scan.js';

/** A picture's file, and sharp's name of its format. */
type StillFile = { readonly path: string; readonly format: string };

/**
 * What only a look at a picture's data shows to be broken, where its decoder says nothing: of
 * JPEGs. In words that go on from the file's name; `null` if nothing is seen.
 */
export async function dataFault({ path, format }: StillFile): Promise<string | null> {
  if (format !== 'jpeg') return null;
  const fault = jpegScanFault(await readFile(path));
  return fault === null ? null : `is broken: ${fault}`;
}

/** A stranger's word for a length takes no more memory than a large picture does. */
const mostFilled = 1 << 28;

/**
 * What sharp is to read of the picture at `path`: the file; of WebP that is shorter than it says,
 * as many bytes as it announces, the missing ones zeros, since its decoder takes nothing shorter.
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
