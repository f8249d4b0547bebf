import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { drawPage } from './draw-page.js';

/** Draws `count` pages into `folder` as PNGs: flat colours and hard edges, which photographs lack. */
export async function writeDrawings(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let n = 0; n < count; n++) {
    const file = path.join(folder, `drawing-${String(n).padStart(2, '0')}.png`);
    await sharp(Buffer.from(drawPage(n)))
      .removeAlpha()
      .png()
      .toFile(file);
  }
}
