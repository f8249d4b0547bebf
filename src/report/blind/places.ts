import { VsrError } from '../../errors.js';
import type { Ffmpeg } from '../../media/program/ffmpeg.js';
import { probe } from '../../media/source/probe.js';
import { frameLayout } from '../../planes/pixel-format.js';
import { framesPerSecond } from '../../planes/ratio.js';
import { showTime } from '../../show-time.js';
import { checkSameTimes } from '../compare/compare-figures.js';
import { readRgb } from '../compare/compare-pictures.js';
import type { Crop } from '../page/before-after.js';
import { firstTime, framesNear } from '../seen/seen-frames.js';
import { tellingFrames } from '../preview/telling-frames.js';
import { rgbOfFrame, type RgbPicture } from '../rgb-picture.js';
import { busiestPart, fieldsOf, partUri, upright } from './parts.js';

/** A part of a picture or frame, by the original and by every method: `data:` URIs. */
export type Place = {
  /** Where it is, for people. */
  readonly label: string;
  readonly reference: string;
  readonly pictures: readonly string[];
};

/** What is judged, and by what. */
export type Judged = { readonly reference: string; readonly methods: readonly string[] };

/** Number of frames shown of a clip: with fewer, even the same answer to all proves nothing. */
const shownFrames = 8;

type Size = { readonly width: number; readonly height: number };

function checkSize(reference: string, truth: Size, file: string, size: Size): void {
  if (size.width === truth.width && size.height === truth.height) return;
  throw new VsrError(
    'media',
    `Expected ${file} to have the reference's size but it has ${size.width}x${size.height} and ${reference} has ${truth.width}x${truth.height}. Enlarge it to that size first.`,
  );
}

/** Parts of a still picture: the most detailed one of each of its fields. */
export async function placesOfPictures({ reference, methods }: Judged): Promise<Place[]> {
  const truth = await readRgb(reference);
  const fields = fieldsOf(truth.width, truth.height);
  const parts = await Promise.all(fields.map((field) => busiestPart(truth, field)));
  const byPart: string[][] = parts.map(() => []);
  for (const file of methods) {
    const picture = await readRgb(file);
    checkSize(reference, truth, file, picture);
    for (const [i, part] of parts.entries()) byPart[i]!.push(await partUri(picture, part));
  }
  const places: Place[] = [];
  for (const [i, part] of parts.entries()) {
    const label = `at ${part.left}, ${part.top}`;
    places.push({ label, reference: await partUri(truth, part), pictures: byPart[i]! });
  }
  return places;
}

/**
 * One part of each of a few telling frames of the reference, and the same parts of every method's
 * clip. Throws VsrError `media` for clips that do not go together.
 */
export async function placesOfClips(
  ffmpeg: Ffmpeg,
  { reference, methods }: Judged,
  signal: AbortSignal,
): Promise<Place[]> {
  const source = await probe(ffmpeg, reference, { signal });
  const { video } = source;
  const turnedSize = ({ width, height, rotation }: Size & { rotation: number }): Size =>
    rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  const others = [];
  for (const file of methods) {
    const other = await probe(ffmpeg, file, { signal });
    checkSize(reference, turnedSize(video), file, turnedSize(other.video));
    checkSameTimes(source, other);
    others.push(other);
  }
  const wish = { isAveraged: false, frames: shownFrames, at: [], start: null, end: null };
  const found = await tellingFrames(ffmpeg, source, wish, signal);
  const layout = frameLayout(video.format, video.width, video.height);
  const looked: { label: string; part: Crop; reference: string; pictures: string[] }[] = [];
  for (const { time, data } of found) {
    const picture = await upright(rgbOfFrame(data, layout, video.colour), video.rotation);
    const whole = { left: 0, top: 0, width: picture.width, height: picture.height };
    const part = await busiestPart(picture, whole);
    const uri = await partUri(picture, part);
    looked.push({ label: `at ${showTime(time)}`, part, reference: uri, pictures: [] });
  }
  // Clips may begin at different times of their clocks, so times count from the first frame.
  const first = await firstTime(ffmpeg, source);
  const after = found.map(({ time }) => time + source.startTime - first);
  for (const other of others) {
    signal.throwIfAborted();
    const length = other.video.duration ?? other.duration;
    const last = Math.max(...after) - 1 / framesPerSecond(other.video.frameRate);
    if (length !== null && last >= length) {
      throw new VsrError(
        'media',
        `Expected clips of one length but ${other.path} ends at ${length.toFixed(3)} s, and ${reference} goes on.`,
      );
    }
    const start = await firstTime(ffmpeg, other);
    const times = after.map((time) => start + time);
    await framesNear(ffmpeg, other, times, async (frame, i) => {
      const picture: RgbPicture = await upright(frame.picture, frame.rotation);
      looked[i]!.pictures.push(await partUri(picture, looked[i]!.part));
    });
  }
  return looked.map(({ label, reference: uri, pictures }) => {
    if (pictures.length === methods.length) return { label, reference: uri, pictures };
    throw new VsrError('media', `A frame ${label} of ${reference} is missing in another clip.`);
  });
}
