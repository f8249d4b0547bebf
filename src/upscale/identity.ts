import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

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

/** SHA-256, in hex, of a value's JSON; keys are sorted, so that their order does not matter. */
export function hashOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return createHash('sha256').update(sorted).digest('hex');
}
