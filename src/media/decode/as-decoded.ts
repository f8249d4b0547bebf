import { inLowestTerms, type Ratio } from '../../planes/ratio.js';
import { pictureCount, type RunPlan } from '../source/footage-runs.js';
import type { Crop, FieldFrames, Source, VideoStream } from '../source/source.js';
import { ticksOfRuns } from './run-pictures.js';

/** What is done to frames while they are decoded; `null` for nothing. */
export type FrameMaking = {
  /** How every frame is deinterlaced. */
  readonly fields: FieldFrames | null;
  readonly crop: Crop | null;
  /** What is done with each part of the clip, where they are not all treated alike. */
  readonly runs: RunPlan | null;
  /** Noise that is removed: its standard deviation in grey levels of 255. */
  readonly denoise: number | null;
};

/** Pictures per second where it is the same in all runs; otherwise the frame rate of the file. */
function rateOfRuns({ runs, frameRate, weavesFilm, videoRate }: RunPlan): Ratio | null {
  if (frameRate === null) return null;
  const { num, den } = frameRate;
  if (weavesFilm && runs.every(({ cadence }) => cadence === '3:2')) {
    return inLowestTerms({ num: num * 4, den: den * 5 });
  }
  const isDoubled = videoRate === 'field' && runs.every(({ kind }) => kind === 'video');
  return isDoubled ? inLowestTerms({ num: num * 2, den }) : frameRate;
}

function withRuns(video: VideoStream, runs: RunPlan): VideoStream {
  const { num, den } = video.timeBase;
  return {
    ...video,
    runs,
    timeBase: { num, den: den * ticksOfRuns },
    frameRate: rateOfRuns(runs),
    frameCount: pictureCount(runs),
  };
}

function withFields(video: VideoStream, fields: FieldFrames): VideoStream {
  const { timeBase, frameRate, frameCount } = video;
  if (fields.rate === 'frame') return { ...video, fields };
  return {
    ...video,
    fields,
    // The second field is shown half-way between two frames, which takes ticks half as long.
    timeBase: { num: timeBase.num, den: timeBase.den * 2 },
    frameRate: frameRate === null ? null : { num: frameRate.num * 2, den: frameRate.den },
    frameCount: frameCount === null ? null : frameCount * 2,
  };
}

/**
 * Describes `source` as the decoder will give it: with the size, rate and ticks that its frames
 * have after they were deinterlaced, put together from film's fields, cropped and denoised.
 */
export function asDecoded(source: Source, { fields, crop, runs, denoise }: FrameMaking): Source {
  let { video } = source;
  if (fields !== null) video = withFields(video, fields);
  if (runs !== null) video = withRuns(video, runs);
  if (crop !== null) video = { ...video, width: crop.width, height: crop.height, crop };
  if (denoise !== null) video = { ...video, denoise };
  if (video === source.video) return source;
  return {
    ...source,
    video,
    streams: source.streams.map((stream) => (stream.index === video.index ? video : stream)),
  };
}
