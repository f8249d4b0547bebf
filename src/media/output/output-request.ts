import type { VideoCodec } from '../formats/containers.js';
import type { TracksLeftOut } from '../tracks/track-choice.js';

/**
 * A part of the source: frames from `from` on and before `to`, in seconds on its clock, and at most
 * `frames` of them.
 */
export type Trim = {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly frames?: number | undefined;
};

/** A size in luma samples. */
export type Size = { readonly width: number; readonly height: number };

/** What the user asked for an output. */
export type OutputRequest = {
  /** Path of the finished file; `-` is Matroska on stdout. */
  readonly output: string;
  readonly codec: 'auto' | VideoCodec;
  /** The encoder to use. Default: the best one that this ffmpeg has for the codec. */
  readonly encoder?: string | undefined;
  /** Constant quality on the encoder's own scale. Default: visually lossless. */
  readonly crf?: number | undefined;
  /** Mean bits per second of the video, in place of a constant quality. */
  readonly bitrate?: number | undefined;
  /** A preset of the encoder. Default: the one that vsr has chosen for each encoder. */
  readonly preset?: string | undefined;
  /** ffmpeg's pix_fmt to encode in, such as `yuv420p`. Default: the nearest to the source's. */
  readonly pixelFormat?: string | undefined;
  /** Further options of the encoder, each followed by its value. */
  readonly ffmpegArgs?: readonly string[] | undefined;
  /** Luma samples of the enlarged picture. */
  readonly width: number;
  readonly height: number;
  /** The size to reduce the enlarged picture to. Default: it is not reduced. */
  readonly reduceTo?: Size | undefined;
  /** The part of the source to take. Default: all of it. */
  readonly trim?: Trim | undefined;
  /** Tracks that the user does not want. Default: none. */
  readonly leftOut?: TracksLeftOut | undefined;
};
