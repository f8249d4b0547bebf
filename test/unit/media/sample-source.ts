import type { Source, StreamInfo, VideoStream } from '../../../src/media/source/source.js';
import { pixelFormats } from '../../../src/planes/pixel-format.js';

/** A stream with nothing said of it but what `known` says. */
export function sampleStream(known: Partial<StreamInfo>): StreamInfo {
  return {
    index: 1,
    id: null,
    kind: 'audio',
    codec: 'aac',
    codecTag: 'mp4a',
    language: null,
    title: null,
    dispositions: [],
    tags: {},
    timeBase: null,
    startTime: 0,
    duration: null,
    bitRate: null,
    packetCount: null,
    sampleRate: null,
    channels: null,
    sampleFormat: null,
    sampleBits: null,
    profile: null,
    ...known,
  };
}

/** An 8-bit 4:2:0 H.264 clip, changed by `known`. */
export function sampleVideo(known: Partial<VideoStream> = {}): VideoStream {
  return {
    ...sampleStream({ index: 0, codec: 'h264', codecTag: 'avc1' }),
    kind: 'video',
    width: 64,
    height: 48,
    sourceFormat: 'yuv420p',
    format: pixelFormats.get('yuv420p')!,
    request: 'yuv420p',
    conversion: 'none',
    decoder: null,
    timeBase: { num: 1, den: 12800 },
    times: 'stream',
    frameRate: { num: 25, den: 1 },
    frameCount: null,
    colour: { range: null, matrix: null, primaries: null, transfer: null, siting: null },
    sampleAspect: null,
    rotation: 0,
    matrix: null,
    turn: null,
    crop: null,
    denoise: null,
    fields: null,
    runs: null,
    interlaced: 'no',
    hdr: { masteringDisplay: null, contentLight: null, hdr10Plus: false, dolbyVisionProfile: null },
    sideData: [],
    closedCaptions: false,
    lossless: false,
    ...known,
  };
}

/** A clip of `video` and `others`, changed by `known`. */
export function sampleSource(
  others: readonly StreamInfo[] = [],
  known: Partial<Source> = {},
  video: VideoStream = sampleVideo(),
): Source {
  return {
    path: '/clips/clip.mp4',
    sizeBytes: 1000,
    container: 'mov,mp4,m4a,3gp,3g2,mj2',
    startTime: 0,
    duration: 1,
    video,
    streams: [video, ...others],
    chapters: [],
    tags: {},
    raw: null,
    remarks: [],
    ...known,
  };
}
