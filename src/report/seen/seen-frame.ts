import type { FrameMaking } from '../../media/decode/as-decoded.js';
import type { RgbPicture } from '../rgb-picture.js';

/** A picture of a clip or file, that can be enlarged by bicubic as the log's baseline does it. */
export type SeenFrame = {
  readonly picture: RgbPicture;
  /** Degrees clockwise that a player turns it. */
  readonly rotation: number;
  /** The same by plain bicubic at another size. */
  enlarged(width: number, height: number): RgbPicture;
};

/** A frame that is looked for. */
export type WantedFrame = {
  /** Place after the first frame that counts, from 0. */
  readonly frame: number;
  /** Seconds after that frame. */
  readonly time: number;
};

/** What the source of an output is read for. */
export type SourceOf = {
  /** Seconds of the frame that counts as number 0. */
  readonly firstTime: number;
  /** The output's path. */
  readonly output: string;
  /** How its frames were made of fields, and cropped. */
  readonly making: FrameMaking;
};
