import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Offer } from '../../src/queue/offer/offered-clip.js';
import type { Wish } from '../../src/queue/job/wish.js';
import type { MadeSegment } from '../../src/upscale/segments/segment-record.js';
import type { Segment } from '../../src/upscale/segments/segment-plan.js';
import { planVersion, type StoredPlan } from '../../src/upscale/segments/stored-plan.js';
import { workFolderOf } from '../../src/upscale/segments/work-folder.js';

/** A plan of three segments of no real clip. */
export const smallPlan: StoredPlan = {
  ...{ version: planVersion, vsr: '1', ffmpeg: '5', job: 'j', sourceModifiedMs: 0, source: {} },
  ...{ models: [], settings: {} },
  segments: [0, 1, 2].map((number): Segment => ({
    number,
    from: number * 10,
    to: number * 10 + 10,
    seekTo: null,
  })),
};

export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The record of a segment of three frames, as the machine that made it writes it. */
export function madeOf(video: string, rows: string): MadeSegment {
  return {
    ...{ frames: 3, firstPts: 0, provider: 'cpu', precision: 'fp32', reused: 0, truncated: false },
    ...{ damagedFrames: [], messages: [], sizeChanges: [], formChanges: [], lostPackets: 0 },
    complaints: { count: 0, text: '', firstPts: null, lastPts: null, unstarted: 0 },
    videoSha256: sha256(video),
    rowsSha256: sha256(rows),
  };
}

/**
 * A clip to offer to workers, in a new folder at `place`: a source, a work folder with a plan, and
 * a file beside them that must not be served.
 */
export async function smallOffer(
  place: string,
  source: Buffer,
): Promise<Offer & { readonly sourcePath: string }> {
  const work = path.join(place, 'out.mp4.vsr-work');
  await mkdir(work, { recursive: true });
  const sourcePath = path.join(place, 'source.mp4');
  await writeFile(sourcePath, source);
  await writeFile(path.join(place, 'secret.txt'), 'secret');
  return {
    ...{ since: '2026-11-26T00:00:00Z', wish: { scale: 2 } as Wish, sourcePath },
    files: [{ name: 'source0.mp4', path: sourcePath }],
    folder: workFolderOf(work, smallPlan),
    most: { video: 1000, rows: 100 },
  };
}
