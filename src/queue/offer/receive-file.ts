import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { keepFile } from '../../upscale/segments/work-folder.js';
import { Refusal } from './refusal.js';

/** A file to receive. */
export type Expected = {
  readonly body: Readable;
  /** The path it gets once it is whole. */
  readonly file: string;
  /** The path it has until then. */
  readonly draft: string;
  /** Its length. */
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Stops the transfer. */
  readonly signal: AbortSignal;
};

/** Free disk space, in bytes, that received files must leave. */
const reserveBytes = 64 << 20;

/**
 * Receives a file of known length and hash. It gets its name only when both are right; a broken
 * transfer leaves nothing. Throws Refusal where the disk is full or the file is not the expected
 * one, otherwise the error of the transfer.
 */
export async function receiveFile(expected: Expected): Promise<void> {
  const { body, file, draft, bytes, sha256, signal } = expected;
  const { bavail, bsize } = await statfs(path.dirname(file));
  if (bytes > bavail * bsize - reserveBytes) {
    throw new Refusal(507, `The disk of the submitter has no room for ${bytes} more bytes.`);
  }
  const hash = createHash('sha256');
  let received = 0;
  const counted = async function* (parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const part of parts) {
      hash.update(part);
      received += part.length;
      yield part;
    }
  };
  const isOurs = { made: false };
  try {
    const out = createWriteStream(draft, { flags: 'wx' });
    out.once('open', () => (isOurs.made = true));
    await pipeline(body, counted, out, { signal });
    if (received !== bytes || hash.digest('hex') !== sha256) {
      throw new Refusal(422, `Expected ${bytes} bytes of another hash, but ${received} came.`);
    }
    await keepFile(draft, file);
  } catch (error) {
    if (isOurs.made) await rm(draft, { force: true });
    throw error;
  }
}
