import type { PixelFormat } from '../../planes/pixel-format.js';
import type { Ratio } from '../../planes/ratio.js';
import type { Colour, HdrMetadata } from '../source/source.js';
import type { Container } from './containers.js';

/** What an encoder's arguments depend on. */
export type EncoderRequest = {
  readonly encoder: string;
  readonly container: Container;
  readonly format: PixelFormat;
  readonly width: number;
  readonly height: number;
  readonly frameRate: Ratio | null;
  readonly colour: Colour;
  readonly hdr: HdrMetadata;
  /** x264's number of how stereo views lie in the picture; `null` for one view. */
  readonly framePacking: number | null;
  readonly crf?: number | undefined;
  /** Bits a second, in place of a constant quality. */
  readonly bitrate?: number | undefined;
  readonly preset?: string | undefined;
};
