import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A part of a file, in bytes; to the end of the file where `length` is `null`. */
export type FilePart = { readonly offset: number; readonly length: number | null };

/**
 * Reads a regular file, or a part of it. Anything else is refused before it is read: a pipe would
 * wait for a writer, a device may never end. Throws an Error that says what was wrong, without the
 * name of the file.
 */
export async function readRegularFile(
  file: string,
  part: FilePart = { offset: 0, length: null },
): Promise<Uint8Array> {
  // Without this flag, opening a pipe waits until something writes into it.
  const nonBlocking = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;
  await using handle = await open(file, constants.O_RDONLY | nonBlocking);
  const facts = await handle.stat();
  if (!facts.isFile()) throw new Error('it is no regular file');
  const { offset } = part;
  const length = part.length ?? facts.size - offset;
  if (offset + length > facts.size || length < 0) {
    throw new Error(
      `it has ${facts.size} bytes, but ${length} from byte ${offset} on were expected`,
    );
  }
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) throw new Error(`it ends ${length - done} bytes early`);
    done += bytesRead;
  }
  return bytes;
}
