import path from 'node:path';
import { deinterlaceFrames } from '../../src/media/frames/code-and-decode.js';
import { isFootageName, lumaFrames } from '../../src/media/frames/footage.js';
import { readLuma } from '../../src/media/still/luma-image.js';
import { packageRoot } from '../../src/package-root.js';
import { resizePlane } from '../../src/planes/resize.js';
import type { Random } from '../../src/training/base/random.js';
import { fieldCount } from '../../src/training/coded/field-pair.js';
import { interlaced, lowPassed } from '../../src/training/coded/fields.js';
import { type Moving, movingViews } from '../../src/training/coded/moving-views.js';
import { cropPlane } from '../../src/planes/crop-plane.js';
import { listFootage, listImages } from '../../src/training/pictures/list-images.js';
import { openPictures } from '../data-sets.js';
import { type SeenField, seenField } from './seen-field.js';

const data = path.join(packageRoot(), '../shared/data');

/** How often a real clip is drawn in place of a moving still, and the interlacer's low-pass. */
const [footageShare, lowPassShare] = [0.3, 0.3] as const;

/** Largest side of what is used of a picture, in low-resolution samples. */
const most = 200;

/** How many of a clip's fields are trained on. */
const taken = 3;

/**
 * Draws a few fields of one clip: of real pictures that follow one another, or of a moving still.
 */
export async function openTrainingFields(): Promise<(random: Random) => Promise<SeenField[]>> {
  const stills = await listImages(openPictures.sources.map((source) => path.join(data, source)));
  const clips = await listFootage([path.join(data, 'train/open_footage')]);

  return async (random) => {
    const list = random() < footageShare ? clips : stills;
    const { file, reduce } = list[Math.floor(random() * list.length)]!;
    const { low, high } = isFootageName(file)
      ? await ofFootage(file, random)
      : await ofStill(file, reduce, random);
    if (low.length < fieldCount) return [];
    const order = random() < 0.5 ? 'top' : 'bottom';
    const pictures = random() < lowPassShare ? low.map(lowPassed) : low;
    const fields = { order, rate: 'field' } as const;
    const { frames } = await deinterlaceFrames(interlaced(pictures, order), fields);
    return Array.from({ length: taken }, () => {
      const i = 2 + Math.floor(random() * (fieldCount - 4));
      return seenField(i, order, pictures, frames, high);
    });
  };
}

/** A part of some pictures of one size; its sides are multiples of four. */
function partOf(planes: readonly Moving['high'][number][], random: Random) {
  const [{ width, height }] = planes as [Moving['high'][number]];
  const side = (extent: number) => Math.min(2 * most, extent) & ~3;
  const [across, down] = [side(width), side(height)];
  const left = Math.floor(random() * (width - across + 1));
  const top = Math.floor(random() * (height - down + 1));
  return planes.map((plane) => cropPlane(plane, left, top, across, down));
}

async function ofStill(file: string, reduce: number, random: Random): Promise<Moving> {
  const whole = await readLuma(file);
  const share = reduce * (0.5 + 0.5 * random());
  const to = (extent: number) => Math.max(160, Math.round(extent * share));
  const [part] = partOf([resizePlane(whole, to(whole.width), to(whole.height))], random);
  return movingViews(part!, 2, fieldCount, random);
}

async function ofFootage(file: string, random: Random): Promise<Moving> {
  const frames = await lumaFrames(file, 24);
  const from = Math.floor(random() * Math.max(1, frames.length - fieldCount + 1));
  const high = partOf(frames.slice(from, from + fieldCount), random);
  const low = high.map((plane) => resizePlane(plane, plane.width / 2, plane.height / 2));
  return { low, high };
}
