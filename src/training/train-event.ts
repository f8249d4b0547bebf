import type { PictureScore } from './gradient/messages.js';
import type { Picture } from './pictures/picture.js';
import type { WhiteFigures } from './gradient/white.js';

/** The events of a run, in the order in which they happen. */
export type TrainEvent =
  /** A file that cannot be used, named in the reason. */
  | { readonly kind: 'skipped'; readonly reason: string; readonly why: 'unreadable' | 'too small' }
  | {
      readonly kind: 'started';
      /** Steps done before. */
      readonly step: number;
      /** Pictures in memory. */
      readonly pictures: number;
      readonly validation: readonly Picture[];
    }
  /** About once a second. `loss` is the mean since the last such event. */
  | {
      readonly kind: 'progress';
      readonly step: number;
      readonly loss: number;
      readonly rate: number;
      readonly stepsPerSecond: number;
    }
  | {
      readonly kind: 'validated';
      readonly step: number;
      /** Mean loss since the last validation. */
      readonly loss: number;
      /** Mean share of places on which the discriminator was right; NaN without one. */
      readonly right: number;
      readonly rate: number;
      readonly stepsPerSecond: number;
      readonly scores: readonly PictureScore[];
      /** Mean Y-PSNR in dB over the validation pictures; `NaN` without any. */
      readonly psnr: number;
      /** Whether these are the weights to keep so far: the best, or with `keep: 'last'` any. */
      readonly kept: boolean;
      /** The weights that were validated. */
      readonly weights: Float32Array;
      /** Whether colours stay as they are; `null` for networks on luma. */
      readonly white: WhiteFigures | null;
    }
  | {
      readonly kind: 'finished';
      readonly step: number;
      readonly best: Float32Array;
      /** Figures of the kept weights for each test picture that can be used. */
      readonly test: readonly PictureScore[];
      /** Whether the kept weights keep colours; `null` for networks on luma. */
      readonly white: WhiteFigures | null;
    };
