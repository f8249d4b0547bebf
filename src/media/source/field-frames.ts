import type { FieldFrames, Source, VideoStream } from './source.js';

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
export function framesOfFields(source: Source, fields: FieldFrames): Source {
  const video = withFields(source.video, fields);
  return {
    ...source,
    video,
    streams: source.streams.map((stream) => (stream.index === video.index ? video : stream)),
  };
}
