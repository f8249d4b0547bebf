import { createHash } from 'node:crypto';
import path from 'node:path';

/** Bytes of the longest name that the usual file systems take. */
export const LONGEST_NAME = 255;

/** Bytes of the last part of a path. */
export function nameBytes(file: string): number {
  return Buffer.byteLength(path.basename(file));
}

/**
 * `<file><ending>` for something that lies beside `file` for a while; where that is no possible
 * name, a short one in the same folder that stands for it: always the same for the same file.
 */
export function besideName(file: string, ending: string): string {
  const full = `${file}${ending}`;
  if (nameBytes(full) <= LONGEST_NAME) return full;
  const mark = createHash('sha256').update(path.basename(file)).digest('hex').slice(0, 16);
  return path.join(path.dirname(file), `.${mark}${ending}`);
}
