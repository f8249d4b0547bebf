import type { PixelFormat } from '../../planes/pixel-format.js';
import type { Ratio } from '../../planes/ratio.js';
import type { Colour, HdrMetadata } from '../source/source.js';
import type { Container } from './containers.js';

/** Everything that an encoder's arguments depend on. */
export type EncoderRequest = {
  /** ffmpeg's name of it. */
  readonly encoder: string;
  readonly container: Container;
  /** The format that it encodes. */
  readonly format: PixelFormat;
  /** Luma samples. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: Ratio | null;
  readonly colour: Colour;
  readonly hdr: HdrMetadata;
  /** x264's number for how stereo views are packed into the picture; `null` for a single view. */
  readonly framePacking: number | null;
  /** Constant quality on the encoder's own scale. Default: the encoder's usual one. */
  readonly crf?: number | undefined;
  /** Mean bits per second, in place of a constant quality. */
  readonly bitrate?: number | undefined;
  readonly preset?: string | undefined;
};
