import { rename, rm, writeFile } from 'node:fs/promises';
import { besideName } from './beside-name.js';

/**
 * Writes a file of ours so that it is there whole or as it was before. One process at a time may
 * write it. Throws what the file system throws.
 */
export async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  // One name, so that what a killed run has left is used up by the next.
  const draft = besideName(file, '.part');
  try {
    await writeFile(draft, content, { flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
