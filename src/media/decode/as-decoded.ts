import type { Crop, FieldFrames, Source, VideoStream } from '../source/source.js';

/** What is done to frames on their way out of the decoder; `null` for nothing. */
export type FrameMaking = { readonly fields: FieldFrames | null; readonly crop: Crop | null };

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

/** `source` as one whose fields are made whole frames while it is decoded. */
function framesOfFields(source: Source, fields: FieldFrames): Source {
  const video = withFields(source.video, fields);
  return {
    ...source,
    video,
    streams: source.streams.map((stream) => (stream.index === video.index ? video : stream)),
  };
}

/** `source` as one of whose frames only a part is decoded. */
function croppedTo(source: Source, crop: Crop): Source {
  const { width, height } = crop;
  const video: VideoStream = { ...source.video, width, height, crop };
  return {
    ...source,
    video,
    streams: source.streams.map((stream) => (stream.index === video.index ? video : stream)),
  };
}

/** `source` as one whose frames are made of fields, and cropped, while they are decoded. */
export function asDecoded(source: Source, { fields, crop }: FrameMaking): Source {
  const whole = fields === null ? source : framesOfFields(source, fields);
  return crop === null ? whole : croppedTo(whole, crop);
}
