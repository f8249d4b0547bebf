import { VsrError, badValue } from '../../errors.js';
import { frameLayout } from '../../planes/pixel-format.js';
import type { InputFile } from './input-file.js';
import type { RawVideoInput, Source, VideoStream } from './source.js';
import { travelFormat } from './travel-format.js';

/** Options before `-i` that tell ffmpeg what is in a headerless file. */
export function rawInputOptions(raw: RawVideoInput): string[] {
  return [
    ...['-pixel_format', raw.format, '-video_size', `${raw.width}x${raw.height}`],
    ...['-framerate', `${raw.rate.num}/${raw.rate.den}`],
  ];
}

/**
 * What a headerless file holds, as the caller describes it: frames of `raw.format` one after the
 * other. Throws `VsrError('option')` for a format that is none, `VsrError('media')` if not one
 * whole frame is there.
 */
export function rawSource(file: InputFile, raw: RawVideoInput): Source {
  const travel = travelFormat(raw.format);
  if (travel === null || travel.conversion === 'chroma') {
    throw badValue('a planar, packed or RGB pix_fmt such as yuv420p', '--input-format', raw.format);
  }
  const { format, request, conversion } = travel;
  // A whole number of frames can be told only where a frame's bytes are the travelling format's.
  const same = request === raw.format;
  const { byteLength } = frameLayout(format, raw.width, raw.height);
  const frameCount = same ? Math.floor(file.sizeBytes / byteLength) : null;
  if (frameCount === 0) {
    throw new VsrError(
      'media',
      `${file.path} has ${file.sizeBytes} bytes, less than one frame of ${raw.width}x${raw.height} ${raw.format} (${byteLength}).`,
    );
  }
  const rest = same ? file.sizeBytes % byteLength : 0;
  const duration = frameCount === null ? null : (frameCount * raw.rate.den) / raw.rate.num;
  const video: VideoStream = {
    index: 0,
    kind: 'video',
    codec: 'rawvideo',
    codecTag: '',
    language: null,
    title: null,
    dispositions: [],
    tags: {},
    timeBase: { num: raw.rate.den, den: raw.rate.num },
    startTime: 0,
    duration,
    bitRate: duration === null ? null : (file.sizeBytes * 8) / duration,
    packetCount: frameCount,
    sampleRate: null,
    channels: null,
    sampleFormat: null,
    sampleBits: null,
    width: raw.width,
    height: raw.height,
    sourceFormat: raw.format,
    format,
    request,
    conversion,
    decoder: null,
    profile: null,
    times: 'stream',
    frameRate: raw.rate,
    frameCount,
    colour: {
      range: conversion === 'rgb' ? 'tv' : raw.format.startsWith('yuvj') ? 'pc' : null,
      matrix: conversion === 'rgb' ? 'bt709' : null,
      primaries: null,
      transfer: null,
      siting: null,
    },
    sampleAspect: null,
    rotation: 0,
    matrix: null,
    turn: null,
    crop: null,
    fields: null,
    runs: null,
    interlaced: 'no',
    hdr: {
      masteringDisplay: null,
      contentLight: null,
      hdr10Plus: false,
      dolbyVisionProfile: null,
    },
    sideData: [],
    closedCaptions: false,
    lossless: true,
  };
  return {
    path: file.path,
    sizeBytes: file.sizeBytes,
    container: 'rawvideo',
    startTime: 0,
    duration,
    video,
    streams: [video],
    chapters: [],
    tags: {},
    raw,
    remarks:
      rest === 0
        ? []
        : [
            `${file.path} ends with ${rest} bytes that are no whole frame of ${raw.width}x${raw.height} ${raw.format}: is the size right?`,
          ],
  };
}
