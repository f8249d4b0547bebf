import { messageOf } from '../../errors.js';
import { isFootageName, lumaFrames } from '../../media/frames/footage.js';
import { readLuma, readRgb } from '../../media/still/luma-image.js';
import type { Network } from '../../model/language/network.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { chart } from './charts.js';
import { type Degradation, degrade, degradeFootage, framesOfFootage } from './degrade.js';
import { framed, tooSmall } from './framing.js';
import type { PictureItem } from './picture-item.js';
import { type Picture, sharePlane } from './picture.js';
import type { PlanePair } from '../coded/plane-pair.js';
import { type Random, randomAt } from '../base/random.js';

/** One training picture to be made ready. */
export type PictureJob = PictureItem & {
  readonly scale: number;
  /** What the network takes. */
  readonly colour: Network['colour'];
  readonly degradation: Degradation;
  /** The place of its random stream (see `randomAt`). */
  readonly place: readonly number[];
  /** Low-resolution samples each way that it must have at least. */
  readonly least: number;
};

/** A picture, or why there is none. */
export type PictureResult =
  | { readonly picture: Picture }
  | { readonly skipped: 'unreadable' | 'too small'; readonly reason: string };

/** Reads, reduces and degrades one picture. Returns the reason for one that cannot be used. */
export async function makePicture(job: PictureJob): Promise<PictureResult> {
  const { file, reduce, scale, least } = job;
  if (job.isChart === true) return { picture: await pictureOf(file, chartOf(job), job) };
  const clip = isFootageName(file);
  let planes: readonly Plane[];
  try {
    if (clip) planes = await someFrames(job, randomAt(...job.place, clipStream));
    else planes = job.colour === 'rgb' ? (await readRgb(file)).planes : [await readLuma(file)];
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
    return { picture: joined(file, [pair]) };
  }
  return { picture: await pictureOf(file, planes, job) };
}

/** The random stream of a chart, apart from that of its degradation. */
const chartStream = 0x63;

function chartOf({ place, least, scale, colour, degradation }: PictureJob): Plane[] {
  const side = Math.ceil(least * scale * (degradation.after?.scale ?? 1));
  return chart(randomAt(...place, chartStream), side, colour === 'rgb' ? 3 : 1);
}

/** A picture and its low resolution, plane by plane. */
async function pictureOf(
  name: string,
  planes: readonly Plane[],
  { place, scale, degradation }: PictureJob,
): Promise<Picture> {
  const pairs = [];
  for (const [channel, plane] of planes.entries()) {
    // The first plane has the stream of a picture of one plane; others have their own, for noise.
    const own = channel === 0 ? place : [...place, channel];
    pairs.push(await degrade(plane, scale, degradation, randomAt(...own)));
  }
  return joined(name, pairs);
}

function joined(name: string, pairs: readonly PlanePair[]): Picture {
  const low = pairs.map((pair) => sharePlane(pair.low));
  const high = pairs.map((pair) => sharePlane(pair.high));
  const { strength, turns } = pairs[0]!;
  return { name, low, high, strength, ...(turns === undefined ? {} : { turns }) };
}

/** How many frames of a clip are read. */
const mostFrames = 24;

/** The random stream for choosing a clip's frames, apart from that of its degradation. */
const clipStream = 0x66;

/** Frames that follow one another in a clip, beginning at a random one. */
async function someFrames({ file, degradation }: PictureJob, random: Random): Promise<Plane[]> {
  const count = framesOfFootage(degradation);
  const frames = await lumaFrames(file, mostFrames);
  const from = Math.floor(random() * Math.max(1, frames.length - count + 1));
  return frames.slice(from, from + count);
}
