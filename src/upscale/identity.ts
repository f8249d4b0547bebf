import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { VsrError } from '../errors.js';

const END_BYTES = 1024 * 1024;

/** What tells one source file from another without reading all of it. */
export type SourceIdentity = {
  readonly sizeBytes: number;
  /** SHA-256, in hex, of the first and the last MiB (of the whole file if it is shorter than two). */
  readonly endsSha256: string;
};

/** Reads the identity of a file. */
export async function identifySource(file: string): Promise<SourceIdentity> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const hash = createHash('sha256');
  const head = Math.min(size, END_BYTES);
  const tailStart = Math.max(head, size - END_BYTES);
  for (const [start, length] of [
    [0, head],
    [tailStart, size - tailStart],
  ] as const) {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, start);
    hash.update(bytes.subarray(0, bytesRead));
  }
  return { sizeBytes: size, endsSha256: hash.digest('hex') };
}

/** SHA-256, in hex, of all of a file; empty where there is none. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  return hash.digest('hex');
}

/** What tells at no cost that a file has been written to. */
export type FileStamp = {
  readonly sizeBytes: number;
  /** Last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
};

/** The stamp of a file. Throws VsrError `media` if it is not there any more. */
export async function stampOf(file: string): Promise<FileStamp> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { sizeBytes: size, modifiedMs: mtimeMs };
  } catch (cause) {
    throw new VsrError(
      'media',
      `${file} vanished while it was being enlarged. Bring it back and run the same command again: what is done is kept.`,
      { cause },
    );
  }
}

/** Throws VsrError `media` unless `file` is still as it was at `before`. */
export async function checkUnchanged(file: string, before: FileStamp): Promise<void> {
  const now = await stampOf(file);
  if (now.sizeBytes === before.sizeBytes && now.modifiedMs === before.modifiedMs) return;
  const how =
    now.sizeBytes === before.sizeBytes
      ? 'was written to'
      : `${now.sizeBytes > before.sizeBytes ? 'grew' : 'shrank'} from ${before.sizeBytes} to ${now.sizeBytes} bytes`;
  throw new VsrError(
    'media',
    `${file} ${how} while it was being enlarged. Wait until it is complete, then run the command again with --restart.`,
  );
}

/** SHA-256, in hex, of a value's JSON; keys are sorted, so that their order does not matter. */
export function hashOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return createHash('sha256').update(sorted).digest('hex');
}
