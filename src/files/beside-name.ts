import { createHash } from 'node:crypto';
import path from 'node:path';

/** Length in bytes of the longest name that common file systems allow. */
export const LONGEST_NAME = 255;

/** Length in bytes of a path's last part. */
export function nameBytes(file: string): number {
  return Buffer.byteLength(path.basename(file));
}

/**
 * `<file><ending>`, the name of a temporary file beside `file`. Where that name would be too long,
 * a short one in the same folder: always the same one for the same file.
 */
export function besideName(file: string, ending: string): string {
  const full = `${file}${ending}`;
  if (nameBytes(full) <= LONGEST_NAME) return full;
  const mark = createHash('sha256').update(path.basename(file)).digest('hex').slice(0, 16);
  return path.join(path.dirname(file), `.${mark}${ending}`);
}
