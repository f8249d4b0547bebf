import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, stat, type FileHandle } from 'node:fs/promises';
import { VsrError, messageOf } from '../../errors.js';
import type { Sidecar, SidecarLogFile } from '../../metrics/sidecar.js';

const END_BYTES = 1024 * 1024;

/** What tells one source file from another without reading all of it. */
export type SourceIdentity = {
  readonly sizeBytes: number;
  /**
   * SHA-256, in hex, of the first and the last MiB (of the whole file if it is shorter than two).
   */
  readonly endsSha256: string;
};

/**
 * Gives a function that rethrows an error of the system with the file's name, which calls on an
 * open file leave out.
 */
export function rethrowWithName(file: string): (error: unknown) => never {
  return (error) => {
    throw Object.assign(error as NodeJS.ErrnoException, { path: file });
  };
}

/** The error for an existing file that cannot be read from byte `at` on. */
function unreadable(file: string, at: number, cause: unknown): VsrError {
  return new VsrError(
    'disk',
    `${file} cannot be read from byte ${at} on: ${messageOf(cause)}. Copy it to a sound disk first, and enlarge an incomplete copy with --allow-damaged.`,
    { cause },
  );
}

/** Bytes per read. */
const stepBytes = 1024 * 1024;

/**
 * Up to `length` bytes of an open file from `start` on, in pieces that are valid until the next.
 * Throws VsrError `disk`.
 */
async function* bytesFrom(
  handle: FileHandle,
  file: string,
  start: number,
  length: number,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(length, stepBytes));
  for (let at = start; at < start + length;) {
    const wanted = Math.min(buffer.length, start + length - at);
    const { bytesRead } = await handle.read(buffer, 0, wanted, at).catch((cause: unknown) => {
      throw unreadable(file, at, cause);
    });
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Reads a file to its end, only to see that it can be read: where the disk fails, ffmpeg takes that
 * place for the end of the file, for some containers silently.
 *
 * Throws VsrError `disk` naming the byte, `interrupted` once `signal` fires.
 */
export async function checkReadable(file: string, signal?: AbortSignal): Promise<void> {
  await using handle = await open(file, 'r');
  for await (const bytes of bytesFrom(handle, file, 0, Infinity)) {
    if (signal?.aborted) throw new VsrError('interrupted', `Interrupted while reading ${file}.`);
    void bytes;
  }
}

/**
 * Reads the identity of a file. Throws VsrError `disk` where the disk cannot read it; with
 * `allowDamaged` the bytes that can be read count.
 */
export async function identifySource(file: string, allowDamaged = false): Promise<SourceIdentity> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const hash = createHash('sha256');
  const head = Math.min(size, END_BYTES);
  const tailStart = Math.max(head, size - END_BYTES);
  for (const [start, length] of [
    [0, head],
    [tailStart, size - tailStart],
  ] as const) {
    try {
      for await (const bytes of bytesFrom(handle, file, start, length)) hash.update(bytes);
    } catch (error) {
      if (!allowDamaged) throw error;
    }
  }
  return { sizeBytes: size, endsSha256: hash.digest('hex') };
}

/** Bytes of each sample inside a file, and the number of samples, evenly spread. */
const SAMPLE_BYTES = 64 * 1024;
const SAMPLES = 62;

/**
 * SHA-256, in hex, of the first and the last MiB of a file and of samples between them; of the
 * whole file where these would cover it. Throws VsrError `disk` where the disk cannot read it; with
 * `allowGaps` the bytes that can be read count.
 */
export async function samplesOf(file: string, allowGaps = false): Promise<string> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const hash = createHash('sha256');
  const inside = size - 2 * END_BYTES;
  const parts: (readonly [start: number, length: number])[] = [[0, Math.min(size, END_BYTES)]];
  if (inside <= SAMPLES * SAMPLE_BYTES) parts.push([END_BYTES, Math.max(0, size - END_BYTES)]);
  else {
    const step = (inside - SAMPLE_BYTES) / (SAMPLES - 1);
    for (let i = 0; i < SAMPLES; i++) parts.push([END_BYTES + Math.floor(i * step), SAMPLE_BYTES]);
    parts.push([size - END_BYTES, END_BYTES]);
  }
  for (const [start, length] of parts) {
    try {
      for await (const bytes of bytesFrom(handle, file, start, length)) hash.update(bytes);
    } catch (error) {
      if (!allowGaps) throw error;
    }
  }
  return hash.digest('hex');
}

/**
 * Whether the file at `output` is the one that a sidecar describes. Sidecars of the earliest
 * versions hold only its size.
 */
export async function isOutputOf(sidecar: Sidecar, output: string): Promise<boolean> {
  const found = await lstat(output).catch(() => null);
  if (found?.isFile() !== true || found.size !== sidecar.output.sizeBytes) return false;
  const { samplesSha256 } = sidecar.output;
  return samplesSha256 === undefined || samplesSha256 === (await samplesOf(output).catch(() => ''));
}

/** SHA-256, in hex, of all of a file; empty where there is none. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    return rethrowWithName(file)(error);
  }
  return hash.digest('hex');
}

/** Size and hash of a whole log. */
export async function factsOfLog(file: string): Promise<SidecarLogFile> {
  return { sizeBytes: (await stat(file)).size, sha256: await sha256Of(file) };
}

/** Shows, without reading a file, whether it has been written to. */
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

function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return one.sizeBytes === other.sizeBytes && one.modifiedMs === other.modifiedMs;
}

/** Whether `file` is unchanged since `before`. Throws VsrError `media` where it is gone. */
export async function isUnchanged(file: string, before: FileStamp): Promise<boolean> {
  return isSameStamp(await stampOf(file), before);
}

/** Throws VsrError `media` unless `file` is unchanged since `before`. */
export async function checkUnchanged(file: string, before: FileStamp): Promise<void> {
  const now = await stampOf(file);
  if (isSameStamp(now, before)) return;
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
