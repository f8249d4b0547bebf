import type { VideoCodec } from '../formats/containers.js';
import type { TracksLeftOut } from '../tracks/track-choice.js';

/**
 * A part of the source: a span of its clock in seconds, `from` inclusive and `to` exclusive, or its
 * first frames.
 */
export type Trim = {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly frames?: number | undefined;
};

/** Luma samples each way. */
export type Size = { readonly width: number; readonly height: number };

/** What the user wants of an output. */
export type OutputRequest = {
  /** Path of the finished file; `-` is Matroska on stdout. */
  readonly output: string;
  readonly codec: 'auto' | VideoCodec;
  /** The one encoder that is to make it. Default: the best that this ffmpeg has for the codec. */
  readonly encoder?: string | undefined;
  /** Constant quality in the encoder's own scale; lower is better. Default: visually lossless. */
  readonly crf?: number | undefined;
  /** Mean bits a second of the video, in place of a constant quality. */
  readonly bitrate?: number | undefined;
  readonly preset?: string | undefined;
  /** ffmpeg's pix_fmt to encode in, e.g. `yuv420p`. Default: the nearest to the source's. */
  readonly pixelFormat?: string | undefined;
  /** Further options of the encoder, each followed by its value. */
  readonly ffmpegArgs?: readonly string[] | undefined;
  /** Luma samples of the enlarged picture. */
  readonly width: number;
  readonly height: number;
  /** The size to reduce the enlarged picture to. Default: as it is. */
  readonly reduceTo?: Size | undefined;
  readonly trim?: Trim | undefined;
  /** Tracks that are not wanted. Default: none. */
  readonly leftOut?: TracksLeftOut | undefined;
};
