import type { UpscaleOptions } from '../../upscale/plan/options.js';
import type { Configured } from '../../metrics/sidecar-settings.js';
import type { BatchFlags } from './options/batch.js';
import type { EncodingFlags } from './options/encoding.js';
import type { FootageFlags } from './options/footage.js';
import type { MeasuringFlags } from './options/measuring.js';
import type { NetworkFlags } from './options/network.js';
import type { OutputFlags } from './options/output.js';
import type { PartFlags } from './options/part.js';
import type { SubmitFlags } from './options/queue.js';
import type { RawVideoFlags } from './options/raw-video.js';
import type { SequenceFlags } from './options/sequences.js';
import type { SizeFlags } from './options/size.js';
import type { TalkingFlags } from './options/talking.js';
import type { TrackFlags } from './options/tracks.js';
import { splitWords } from './split-words.js';

/** Options as commander hands them over. */
export type UpscaleFlags = SizeFlags &
  OutputFlags &
  NetworkFlags &
  EncodingFlags &
  TrackFlags &
  PartFlags &
  FootageFlags &
  MeasuringFlags &
  BatchFlags &
  SubmitFlags &
  SequenceFlags &
  RawVideoFlags &
  TalkingFlags;

/** The library's options in those of the command line. */
export function optionsOf(flags: UpscaleFlags, configured: Configured | null): UpscaleOptions {
  const { pixFmt, ffmpegArgs, exec, log, config, use, ...same } = flags;
  void [config, use];
  return {
    ...same,
    ...(pixFmt === undefined ? {} : { pixelFormat: pixFmt }),
    ...(ffmpegArgs === undefined ? {} : { ffmpegArgs: splitWords(ffmpegArgs, 'ffmpegArgs') }),
    ...(exec === undefined ? {} : { exec: splitWords(exec, 'exec') }),
    ...(log === true ? {} : { log }),
    ...(configured === null ? {} : { configured }),
  };
}
