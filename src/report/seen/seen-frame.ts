import type { FrameMaking } from '../../media/decode/as-decoded.js';
import type { RgbPicture } from '../rgb-picture.js';

/** A picture of a clip or file that can be enlarged by plain bicubic, the log's baseline. */
export type SeenFrame = {
  readonly picture: RgbPicture;
  /** Degrees clockwise by which a player rotates it. */
  readonly rotation: number;
  /** The same picture at another size, by plain bicubic. */
  enlarged(width: number, height: number): RgbPicture;
};

/** A frame that is looked for. */
export type WantedFrame = {
  /** Place after the first frame that counts, from 0. */
  readonly frame: number;
  /** Seconds after that frame. */
  readonly time: number;
};

/** How the source of an output is read, so that its frames match the output's. */
export type SourceOf = {
  /** Time of the frame that counts as number 0, in seconds on the source's clock. */
  readonly firstTime: number;
  /** The output's path. */
  readonly output: string;
  /** How its frames were made from fields, and cropped. */
  readonly making: FrameMaking;
};
