import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { VsrError, messageOf } from '../../errors.js';
import { throwIfAborted } from '../program/process.js';

/**
 * Writes standard input to a file in `folder`, because clips are read more than once and not only
 * from the beginning. Returns the file's path. Throws `VsrError('media')` if standard input is
 * empty, `VsrError('disk')` if the file cannot be written, `VsrError('interrupted')` once `signal`
 * fires.
 */
export async function spoolStdin(
  folder: string,
  signal?: AbortSignal,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<string> {
  throwIfAborted(signal);
  const file = path.join(folder, 'stdin');
  const output = createWriteStream(file);
  try {
    await pipeline(input, output, signal === undefined ? {} : { signal });
  } catch (error) {
    throwIfAborted(signal);
    const message = `Standard input could not be kept in ${folder}: ${messageOf(error)}`;
    throw new VsrError('disk', message, { cause: error });
  }
  if (output.bytesWritten === 0) throw new VsrError('media', 'Standard input is empty.');
  return file;
}
