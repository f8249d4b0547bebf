import { inLowestTerms, type Ratio } from '../../planes/ratio.js';
import { pictureCount, type RunPlan } from '../source/footage-runs.js';
import type { Crop, FieldFrames, Source, VideoStream } from '../source/source.js';
import { ticksOfRuns } from './run-pictures.js';

/** What is done to frames on their way out of the decoder; `null` for nothing. */
export type FrameMaking = {
  readonly fields: FieldFrames | null;
  readonly crop: Crop | null;
  readonly runs: RunPlan | null;
  /** Noise that is taken out: its standard deviation in grey levels of 255. */
  readonly denoise: number | null;
};

/** Pictures a second, where all of the clip has the same; otherwise the rate of its frames. */
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
    // The second field lies half-way between two frames: half a tick must be one.
    timeBase: { num: timeBase.num, den: timeBase.den * 2 },
    frameRate: frameRate === null ? null : { num: frameRate.num * 2, den: frameRate.den },
    frameCount: frameCount === null ? null : frameCount * 2,
  };
}

/**
 * `source` as one whose frames are made of fields, run by run or all alike, cropped, and freed of
 * noise while they are decoded.
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
