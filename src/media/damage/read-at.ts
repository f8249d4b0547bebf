import type { FileHandle } from 'node:fs/promises';

/** Up to `count` bytes of a file from `position` on; fewer at its end. */
export async function readAt(file: FileHandle, position: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, position);
  return buffer.subarray(0, bytesRead);
}
