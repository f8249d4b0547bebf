import type { UpscaleOptions } from '../../upscale/plan/options.js';
import type { Configured } from '../../metrics/sidecar-settings.js';
import { splitWords } from './split-words.js';
import type { SubmitFlags } from './submit-batch.js';

/** Options as commander hands them over. */
export type UpscaleFlags = {
  scale?: number;
  to?: string;
  output?: string;
  name?: string;
  model?: string;
  quality?: UpscaleOptions['quality'] & string;
  strength?: number | 'auto';
  provider: UpscaleOptions['provider'] & string;
  device?: number;
  precision: UpscaleOptions['precision'] & string;
  chroma: UpscaleOptions['chroma'] & string;
  steady: UpscaleOptions['steady'] & string;
  workers?: number;
  codec: UpscaleOptions['codec'] & string;
  crf?: number;
  bitrate?: number;
  sizeLimit?: number;
  preset?: string;
  pixFmt?: string;
  ffmpegArgs?: string;
  audio?: string;
  subs?: string;
  start?: number;
  end?: number;
  frames?: number;
  deinterlace?: UpscaleOptions['deinterlace'] & string;
  fieldOrder?: UpscaleOptions['fieldOrder'] & string;
  source?: UpscaleOptions['source'] & string;
  crop?: string;
  telecine?: UpscaleOptions['telecine'] & string;
  repeats?: UpscaleOptions['repeats'] & string;
  reference?: string;
  log: string | boolean;
  jobs?: number;
  maxTries?: number;
  overwrite?: true;
  recursive?: true;
  allowDamaged?: true;
  allowTruncated?: true;
  segments: boolean;
  segmentSeconds?: number;
  restart?: true;
  reuse: boolean;
  stallTimeout?: number;
  inputFormat?: string;
  inputSize?: string;
  inputRate?: string;
  ffmpeg?: string;
  ffprobe?: string;
  dryRun?: true;
  exec?: string;
  report?: string | true;
  quiet?: true;
  verbose?: true;
  config?: string;
  use?: string;
} & SubmitFlags;

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
