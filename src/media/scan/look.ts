import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Source } from '../source/source.js';
import { BorderFinder } from './borders.js';
import { HeadNoiseFinder } from './head-noise.js';
import { measureFields } from './field-measure.js';
import { judgePlace, type FieldStep } from './judge-place.js';
import { lumaFrames, sizeAsDecoded } from './luma-frames.js';
import { NoiseMeter } from './noise.js';
import type { Scan, ScanPlace } from './scan.js';
import { summarise } from './summarise.js';

/** What ends a scan early. */
export type LookRequest = {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte from ffmpeg after which a place is given up. */
  readonly stallTimeoutMs: number;
};

/** Luma samples to examine in all: about 750 frames of a DVD, which takes one core 4 s. */
const mostSamples = 3e8;

/** Frames to examine at one place: 3 s, or fewer of large pictures, but at least `leastFrames`. */
const usualFrames = 75;
const leastFrames = 24;

/** Number of frames without movement after which a place of a long clip is left. */
const patience = 12;

/** Places of a long clip to examine; fewer of large pictures, but at least `leastPlaces`. */
const usualPlaces = 10;
const leastPlaces = 4;

/** Distance, in frames, between those that are searched for borders. */
const borderStep = 12;

/** Distance, in frames, between those in which noise is measured. */
const noiseStep = 6;

/** Collects the frames of one place. */
class Place {
  readonly #size: { readonly width: number; readonly height: number };
  readonly #steps: FieldStep[] = [];
  #before: Uint8Array | null = null;
  #ticks: number | null = null;
  #first: number | null = null;

  constructor(size: { readonly width: number; readonly height: number }) {
    this.#size = size;
  }

  get frames(): number {
    return this.#steps.length;
  }

  /** Whether anything has moved so far. */
  get moves(): boolean {
    return this.#steps.some(({ measure }) => measure.moving > 0);
  }

  add(luma: Uint8Array, ticks: number | null): void {
    const { width, height } = this.#size;
    this.#first ??= ticks;
    if (this.#before !== null) {
      const passed = ticks === null || this.#ticks === null ? null : ticks - this.#ticks;
      this.#steps.push({
        measure: measureFields(luma, this.#before, width, height),
        ticks: passed,
      });
    }
    this.#before = luma;
    this.#ticks = ticks;
  }

  /** Judges the place by its frames. */
  judged(secondsOf: (ticks: number) => number): ScanPlace {
    const judgement = judgePlace(this.#steps, this.#size.height);
    return { time: secondsOf(this.#first ?? 0), ...judgement };
  }
}

/**
 * Scans a clip at several places. Finds out whether its frames are progressive, interlaced video or
 * film, which field comes first, whether frames repeat, where borders and head noise are, and how
 * noisy it is. It decodes a few hundred frames, or all of a short clip. The frames' own flags are
 * counted, but decide nothing. Throws `VsrError('interrupted')` once `signal` fires; a clip that
 * cannot be decoded counts as `still`.
 */
export async function lookAt(
  ffmpeg: Ffmpeg,
  source: Source,
  { signal, stallTimeoutMs }: LookRequest,
): Promise<Scan> {
  const size = sizeAsDecoded(source);
  const { video } = source;
  const secondsOf = (ticks: number): number => (ticks * video.timeBase.num) / video.timeBase.den;
  const borders = new BorderFinder(size.width, size.height);
  const noise = new NoiseMeter(size.width, size.height);
  const headNoise = new HeadNoiseFinder(size.width, size.height);
  const flags = { top: 0, bottom: 0, all: 0 };
  const most = mostSamples / (size.width * size.height);
  const count = within(Math.floor(most / leastFrames), leastPlaces, usualPlaces);
  const each = within(Math.floor(most / count), leastFrames, usualFrames);

  /** Examines `frames` frames from `near` seconds on, as one place or several. */
  async function read(
    near: number | null,
    frames: number,
    leavesStill: boolean,
  ): Promise<ScanPlace[]> {
    const found: ScanPlace[] = [];
    let place = new Place(size);
    let number = 0;
    let before: Uint8Array | null = null;
    const request = { near, frames, signal, stallTimeoutMs };
    for await (const { data, pts, field } of lumaFrames(ffmpeg, source, request)) {
      flags.all++;
      if (field !== null) flags[field]++;
      if (number++ % borderStep === 0) borders.add(data);
      if (before !== null && number % noiseStep === 0) {
        noise.add(data, before);
        headNoise.add(data, before);
      }
      before = data;
      place.add(data, pts);
      if (leavesStill && place.frames === patience && !place.moves) break;
      if (place.frames < usualFrames) continue;
      found.push(place.judged(secondsOf));
      place = new Place(size);
    }
    if (place.frames > 0 || found.length === 0) found.push(place.judged(secondsOf));
    return found;
  }

  const length = video.duration ?? source.duration;
  const rate = video.frameRate === null ? 25 : video.frameRate.num / video.frameRate.den;
  const isLong = length !== null && length * rate > count * each && video.times === 'stream';
  const places = isLong
    ? await spread(length, count, (near) => read(near, each, true))
    : await read(null, count * each, false);
  return summarise(places, flags, {
    borders: borders.borders(),
    headNoise: headNoise.lines(),
    noise: noise.level(),
  });
}

/**
 * Examines `count` places that are spread over a clip of `length` seconds. Where nothing moves,
 * another place close by is examined as well.
 */
async function spread(
  length: number,
  count: number,
  read: (near: number) => Promise<ScanPlace[]>,
): Promise<ScanPlace[]> {
  const places: ScanPlace[] = [];
  const step = (0.9 * length) / count;
  for (let i = 0; i < count; i++) {
    const near = 0.05 * length + (i + 0.25) * step;
    for (const more of [0, step / 2]) {
      const found = await read(near + more);
      places.push(...found);
      if (found.some(({ kind }) => kind !== 'still')) break;
    }
  }
  return places;
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
