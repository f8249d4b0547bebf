import type { FieldOrder } from '../source/source.js';
import { filmPeriod } from '../source/footage-runs.js';
import type { FieldMeasure } from './field-measure.js';

/**
 * What a frame of a clip may be one of. `progressive`: both fields of one moment. `shifted`: whole
 * pictures whose second field comes a frame late. `film`: five frames made of four pictures (3:2
 * pulldown), of which this is number `place`. `video`: each field has a moment of its own.
 */
export type FieldState = {
  readonly kind: 'progressive' | 'shifted' | 'film' | 'video';
  /** The field shown first; `null` for progressive frames. */
  readonly order: FieldOrder | null;
  /** Of film: 0 and 1 are whole pictures, 2 and 3 two mixed ones, 4 whole with a repeated field. */
  readonly place: number;
};

const orders: readonly FieldOrder[] = ['top', 'bottom'];

/** Every state there is. */
export const fieldStates: readonly FieldState[] = [
  { kind: 'progressive', order: null, place: 0 },
  ...orders.map((order): FieldState => ({ kind: 'shifted', order, place: 0 })),
  ...orders.map((order): FieldState => ({ kind: 'video', order, place: 0 })),
  ...orders.flatMap((order) =>
    Array.from({ length: filmPeriod }, (_, place): FieldState => ({ kind: 'film', order, place })),
  ),
];

/** A frame of which less changes than this share of samples tells nothing. */
const leastMoving = 0.0008;

/** Fits that differ by less than this, as a logarithm, are alike: noise. */
const leastSpread = 0.04;

/** At about this difference a frame counts half. */
const usualSpread = 0.1;

/** What the three fits of a frame say, with the smallest as 0 and the largest as 1. */
export type FieldShape = {
  readonly same: number;
  readonly late: number;
  readonly early: number;
  /** How much it counts, 0 (nothing moves, or all fits alike) to below 1. */
  readonly weight: number;
};

/** The shape of a frame's measure. */
export function shapeOf({ same, late, early, moving }: FieldMeasure): FieldShape {
  const logs = [same, late, early].map((value) => Math.log(value + 0.25));
  const least = Math.min(...logs);
  const spread = Math.max(...logs) - least;
  if (moving < leastMoving || spread < leastSpread)
    return { same: 0, late: 0, early: 0, weight: 0 };
  const [s, l, e] = logs.map((value) => (value - least) / spread) as [number, number, number];
  return { same: s, late: l, early: e, weight: (spread - leastSpread) / (spread + usualSpread) };
}

/** What a frame of video costs at least: whatever explains it more closely is preferred. */
const videoCost = 0.35;

/** How badly `shape` fits `state`, 0 to 1. */
export function misfit(shape: FieldShape, { kind, order, place }: FieldState): number {
  // Bottom field first is top field first with the frame before and this one exchanged.
  const { same } = shape;
  const [near, far] = order === 'bottom' ? [shape.early, shape.late] : [shape.late, shape.early];
  const whole = Math.min(1, 3 * Math.max(0, Math.abs(near - far) - 0.08) + 3 * same);
  const mixed = Math.min(1, 3 * near + 3 * (1 - far) + 3 * Math.max(0, 0.3 - same));
  switch (kind) {
    case 'progressive':
      return whole;
    case 'shifted':
      return mixed;
    case 'video':
      return Math.min(1, videoCost + 2 * (1 - far));
    case 'film':
      if (place < 2) return whole;
      if (place < 4) return mixed;
      return Math.min(1, 2 * Math.max(same, near) + 3 * (1 - far));
  }
}
