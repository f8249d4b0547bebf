import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { messageOf } from '../../errors.js';
import { upscale } from '../../upscale/upscale.js';
import type { Workshop } from './open-clip.js';

/** A clip that shows only a moving gradient, as YUV4MPEG2, which every ffmpeg can read. */
function smallClip(): Buffer {
  const [width, height, frames] = [64, 48, 4];
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F25:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < frames; frame++) {
    const picture = Buffer.alloc((width * height * 3) / 2, 128);
    for (let i = 0; i < width * height; i++) picture[i] = (i + 9 * frame) % 200;
    parts.push(Buffer.from('FRAME\n'), picture);
  }
  return Buffer.concat(parts);
}

/**
 * Tells whether a failure was the job's fault or this machine's: checks the roots, and enlarges a
 * small clip that has nothing to do with the queue. Returns what is wrong with the machine; `null`
 * where nothing is.
 */
export async function selfCheck({ ffmpeg, own, roots }: Workshop): Promise<string | null> {
  const lost = await roots.lost();
  if (lost !== null) return lost;
  try {
    await using folder = await temporaryFolder('check');
    const clip = path.join(folder.path, 'check.y4m');
    await writeFile(clip, smallClip());
    const options = {
      ...{ output: path.join(folder.path, 'checked.mkv'), log: false as const, workers: 1 },
      ...{ ffmpeg: ffmpeg.ffmpeg, ffprobe: ffmpeg.ffprobe, stallTimeout: 30 },
      ...{ provider: own.provider.name, device: own.provider.device ?? 0 },
    };
    for await (const event of upscale(clip, options)) {
      if (event.event !== 'failed') continue;
      return `it cannot enlarge a small clip of its own (${event.error.message})`;
    }
    return null;
  } catch (error) {
    return `it cannot enlarge a small clip of its own (${messageOf(error)})`;
  }
}
