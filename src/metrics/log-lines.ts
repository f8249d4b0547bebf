import { createReadStream } from 'node:fs';
import { VsrError, messageOf } from '../errors.js';

/** Longer lines are not rows of a log: a file without newlines must not fill the memory. */
const longestLine = 1 << 16;

/** A line of a log without its newline; `whole` is false where the file ends before that. */
export type LogLine = { readonly text: string; readonly whole: boolean };

/**
 * Reads the lines of a text file one by one, without holding the whole file in memory. Throws
 * VsrError `media` if the file cannot be read or has a line far too long for a log.
 */
export async function* readLogLines(file: string): AsyncGenerator<LogLine> {
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 16 });
  let rest = '';
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        yield { text: text.endsWith('\r') ? text.slice(0, -1) : text, whole: true };
      }
      if (rest.length > longestLine) {
        throw new VsrError('media', `${file} is no per-frame log: it has a line of over 64 KiB.`);
      }
    }
  } catch (error) {
    if (error instanceof VsrError) throw error;
    const why = messageOf(error);
    throw new VsrError('media', `The per-frame log ${file} cannot be read: ${why}.`, {
      cause: error,
    });
  } finally {
    stream.destroy();
  }
  if (rest !== '') yield { text: rest, whole: false };
}
