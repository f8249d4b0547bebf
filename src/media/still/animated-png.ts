import { open } from 'node:fs/promises';

/** Length of a PNG's signature, and of a chunk's header and checksum together. */
const [pngSignature, chunkFrame] = [8, 12];

/** Whether a file is an animated PNG, which is a clip, not a picture. */
export async function isAnimatedPng(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return false;
  try {
    const head = Buffer.alloc(8);
    await handle.read(head, 0, 8, 0);
    if (head.toString('latin1', 1, 4) !== 'PNG') return false;
    // The chunk acTL must come before the picture (IDAT); other chunks may come before it.
    for (let at = pngSignature; ; at += head.readUInt32BE(0) + chunkFrame) {
      const { bytesRead } = await handle.read(head, 0, 8, at);
      const type = head.toString('latin1', 4, 8);
      if (bytesRead < 8 || type === 'IDAT' || type === 'IEND') return false;
      if (type === 'acTL') return true;
    }
  } catch {
    return false; // A folder, or a file that cannot be read: reading it later gives the error.
  } finally {
    await handle.close();
  }
}
