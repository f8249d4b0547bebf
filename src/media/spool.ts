import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { VsrError, messageOf } from '../errors.js';

/**
 * Reads standard input to its end into a file of `folder`, since a clip is looked at more than once.
 * Throws VsrError `media` if nothing came, `disk` if it cannot be written.
 */
export async function spoolStdin(folder: string, signal?: AbortSignal): Promise<string> {
  const file = path.join(folder, 'stdin');
  try {
    await pipeline(
      process.stdin,
      createWriteStream(file),
      ...(signal === undefined ? [] : [{ signal }]),
    );
  } catch (cause) {
    if (signal?.aborted === true) throw new VsrError('interrupted', 'Interrupted.', { cause });
    throw new VsrError(
      'disk',
      `Standard input could not be written to ${file}: ${messageOf(cause)}.`,
      { cause },
    );
  }
  if ((await stat(file)).size === 0) {
    throw new VsrError(
      'media',
      'Expected a clip on standard input, since the input is -, but nothing came.',
    );
  }
  return file;
}
