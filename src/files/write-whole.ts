import { rename, rm, writeFile } from 'node:fs/promises';
import { besideName } from './beside-name.js';

/**
 * Writes a file so that at any moment either the whole new file is there or what was there before.
 * Only one process at a time may write it. Throws the file system's errors.
 */
export async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  // Always the same name, so that the next run overwrites what a killed run has left.
  const draft = besideName(file, '.part');
  try {
    await writeFile(draft, content, { flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
