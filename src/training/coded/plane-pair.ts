import type { Strength } from '../../media/compression/strength.js';
import type { Plane } from '../../planes/plane.js';

/** A low-resolution plane and what it should be enlarged to. */
export type PlanePair = {
  readonly low: Plane;
  readonly high: Plane;
  /** How strongly `low` is compressed. */
  readonly strength: Strength;
  /** See `Picture`. */
  readonly turns?: Turns;
};

/**
 * How many of the eight orientations a patch may have: 2 for mirrored from left to right, 4 for
 * mirrored either way, 8 for on its side as well.
 */
export type Turns = 2 | 4 | 8;
