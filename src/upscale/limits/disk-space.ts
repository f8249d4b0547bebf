import { framesPerSecond } from '../../planes/ratio.js';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { showBytes } from '../../files/show-bytes.js';
import { codecWish, largeCodecs } from '../../media/formats/encoders.js';
import type { Announcement } from '../../media/output/output-plan.js';
import type { Source } from '../../media/source/source.js';

/**
 * Bytes that the job may need: those of the enlarged video, twice, because segments and the joined
 * file lie side by side for a moment, and the size of the source for what is copied from it. The
 * video is taken to have its bit rate where one is set, otherwise 0.15 bits per pixel (6 with
 * lossless and intermediate codecs), and no more than `sizeLimit` bytes.
 */
export function estimateBytes(
  source: Source,
  size: { readonly width: number; readonly height: number },
  settings: {
    readonly frames: number;
    readonly codec: string;
    readonly bitrate: number | null;
    readonly sizeLimit: number | null;
  },
): number {
  const { frameRate, frameCount, duration } = source.video;
  const rate = framesPerSecond(frameRate);
  const seconds = duration ?? source.duration ?? 0;
  const frames = Math.min(settings.frames, frameCount ?? seconds * rate);
  const { codec } = codecWish(settings.codec);
  const bitsPerSample = codec !== 'auto' && largeCodecs.has(codec) ? 6 : 0.15;
  const bitsPerFrame =
    settings.bitrate === null ? size.width * size.height * bitsPerSample : settings.bitrate / rate;
  const video = (frames * bitsPerFrame) / 8;
  return Math.round(2 * Math.min(video, settings.sizeLimit ?? Infinity) + source.sizeBytes);
}

/**
 * Bytes free on the disk of `folder`, which need not exist; `null` where the system does not say.
 */
export async function freeBytes(folder: string): Promise<number | null> {
  for (let place = folder; ; place = path.dirname(place)) {
    const stats = await statfs(place).catch(() => undefined);
    if (stats !== undefined) return stats.bavail * stats.bsize;
    if (place === path.dirname(place)) return null;
  }
}

/**
 * Notes on disk space before a job. Throws VsrError `disk` where less is free than the source's own
 * size.
 */
export async function spaceNotes(
  folder: string,
  sourceBytes: number,
  estimatedBytes: number,
): Promise<Announcement[]> {
  const free = await freeBytes(folder);
  if (free === null || free >= estimatedBytes) return [];
  if (free < sourceBytes) {
    throw new VsrError(
      'disk',
      `${showBytes(free)} are free in ${folder}, less than the source itself takes (${showBytes(sourceBytes)}). Free some space, or choose another folder with -o.`,
    );
  }
  const why = `about ${showBytes(estimatedBytes)} may be needed and ${showBytes(free)} are free`;
  return [{ kind: 'note', what: 'disk space', why }];
}
