import { messageOf } from '../../errors.js';
import { isFootageName, lumaFrames } from '../../media/frames/footage.js';
import { readLuma, readRgb } from '../../media/still/luma-image.js';
import type { Network } from '../../model/language/network.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { clipFrames } from './code-pair.js';
import { type Degradation, degrade, degradeFootage } from './degrade.js';
import { framed, type Framing, tooSmall } from './framing.js';
import { type Picture, sharePlane } from './picture.js';
import type { PlanePair } from './plane-pair.js';
import { type Random, randomAt } from '../base/random.js';

/** One training picture to be made ready. */
export type PictureJob = Framing & {
  readonly file: string;
  /** The picture is first reduced to this share of its size (bicubic); 1 leaves it. */
  readonly reduce: number;
  readonly scale: number;
  /** What the network takes. */
  readonly colour: Network['colour'];
  readonly degradation: Degradation;
  /** Where its random numbers come from. */
  readonly place: readonly number[];
  /** Low-resolution samples each way that it must have at least. */
  readonly least: number;
};

/** A picture, or why there is none. */
export type PictureResult =
  | { readonly picture: Picture }
  | { readonly skipped: 'unreadable' | 'too small'; readonly reason: string };

/** Reads, reduces and degrades one picture. A picture that cannot be used is told, not thrown. */
export async function makePicture(job: PictureJob): Promise<PictureResult> {
  const { file, reduce, scale, least } = job;
  const clip = isFootageName(file);
  let planes: readonly Plane[];
  try {
    if (clip) planes = await someFrames(file, randomAt(...job.place, clipStream));
    else planes = job.colour === 'rgb' ? await readRgb(file) : [await readLuma(file)];
  } catch (error) {
    return { skipped: 'unreadable', reason: messageOf(error) };
  }
  const small = tooSmall(planes[0]!, job);
  if (small !== null) {
    const { width, height } = planes[0]!;
    return { skipped: 'too small', reason: `${file} (${width}x${height}) ${small}.` };
  }
  planes = framed(planes, job);
  const { width, height } = planes[0]!;
  if (reduce !== 1) {
    const to = (extent: number) => Math.max(1, Math.round(extent * reduce));
    planes = planes.map((plane) => resizePlane(plane, to(width), to(height)));
  }
  if (Math.min(planes[0]!.width, planes[0]!.height) < least * scale) {
    const smaller = reduce === 1 ? '' : ` reduced to ${reduce}`;
    const reason = `${file} (${width}x${height})${smaller} is smaller than a patch of ${least * scale}.`;
    return { skipped: 'too small', reason };
  }
  if (clip) {
    const pair = await degradeFootage(planes, scale, job.degradation, randomAt(...job.place));
    return { picture: pictureOf(file, [pair]) };
  }
  const pairs = [];
  for (const [channel, plane] of planes.entries()) {
    // The first as it is where there is one plane only; noise of its own for each of several.
    const place = channel === 0 ? job.place : [...job.place, channel];
    pairs.push(await degrade(plane, scale, job.degradation, randomAt(...place)));
  }
  return { picture: pictureOf(file, pairs) };
}

function pictureOf(name: string, pairs: readonly PlanePair[]): Picture {
  const low = pairs.map((pair) => sharePlane(pair.low));
  const high = pairs.map((pair) => sharePlane(pair.high));
  return { name, low, high, strength: pairs[0]!.strength };
}

/** Frames of footage that are looked at. */
const mostFrames = 24;

/** Where the random numbers of a clip's frames begin, apart from those of its degradation. */
const clipStream = 0x66;

/** Frames that follow each other in a clip, beginning anywhere in it. */
async function someFrames(file: string, random: Random): Promise<Plane[]> {
  const frames = await lumaFrames(file, mostFrames);
  const from = Math.floor(random() * Math.max(1, frames.length - clipFrames + 1));
  return frames.slice(from, from + clipFrames);
}
