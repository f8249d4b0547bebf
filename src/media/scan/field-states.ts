import type { FieldOrder } from '../source/source.js';
import { filmPeriod } from '../source/footage-runs.js';
import type { FieldMeasure } from './field-measure.js';

/**
 * What a frame of a clip may be. `progressive`: both fields show one moment. `shifted`: the second
 * field of each picture is in the next frame. `film`: four pictures were spread over five frames
 * (3:2 pulldown), of which this is number `place`. `video`: each field shows a moment of its own.
 */
export type FieldState = {
  readonly kind: 'progressive' | 'shifted' | 'film' | 'video';
  /** The field shown first; `null` for progressive frames. */
  readonly order: FieldOrder | null;
  /** For film: 0 and 1 are whole pictures, 2 and 3 mix two, 4 is whole with a repeated field. */
  readonly place: number;
};

const orders: readonly FieldOrder[] = ['top', 'bottom'];

/** All states. */
export const fieldStates: readonly FieldState[] = [
  { kind: 'progressive', order: null, place: 0 },
  ...orders.map((order): FieldState => ({ kind: 'shifted', order, place: 0 })),
  ...orders.map((order): FieldState => ({ kind: 'video', order, place: 0 })),
  ...orders.flatMap((order) =>
    Array.from({ length: filmPeriod }, (_, place): FieldState => ({ kind: 'film', order, place })),
  ),
];

/** A frame in which a smaller share of samples changes tells nothing. */
const leastMoving = 0.0008;

/** Fits whose logarithms differ by less than this count as equal, because of noise. */
const leastSpread = 0.04;

/** A frame whose fits differ by about this much has half of the full weight. */
const usualSpread = 0.1;

/** The three fits of a frame on a logarithmic scale from 0, the smallest, to 1, the largest. */
export type FieldShape = {
  readonly same: number;
  readonly late: number;
  readonly early: number;
  /** How much the frame counts: 0 if nothing moves or all fits are equal, otherwise below 1. */
  readonly weight: number;
  /** Whether the frame shows another scene than the one before. */
  readonly isCut: boolean;
};

/** The shape of a frame that tells nothing. */
const noShape: FieldShape = { same: 0, late: 0, early: 0, weight: 0, isCut: false };

/** Makes the shape of a frame's measure. */
function shapeOf({ same, late, early, moving }: FieldMeasure): FieldShape {
  const logs = [same, late, early].map((value) => Math.log(value + 0.25));
  const least = Math.min(...logs);
  const spread = Math.max(...logs) - least;
  if (moving < leastMoving || spread < leastSpread) return noShape;
  const [s, l, e] = logs.map((value) => (value - least) / spread) as [number, number, number];
  const weight = (spread - leastSpread) / (spread + usualSpread);
  return { same: s, late: l, early: e, weight, isCut: false };
}

/**
 * A frame begins another scene if it changes this many times as much as each of the `cutReach`
 * frames before and after it.
 */
const cutFactor = 2;
const cutReach = 2;

/** Smaller changes, in levels, begin no scene. */
const leastCut = 4;

/**
 * The shapes of consecutive frames, by their measures; `null` for a frame without one before it. A
 * frame that begins a scene tells nothing, because its fields fit no other frame.
 */
export function shapesOf(measures: readonly (FieldMeasure | null)[]): FieldShape[] {
  const changes = measures.map((each) => (each === null ? null : (each.top + each.bottom) / 2));
  return measures.map((measure, i) => {
    if (measure === null) return noShape;
    const least = Math.max(
      leastCut / cutFactor,
      ...changes.slice(Math.max(0, i - cutReach), i).map((change) => change ?? 0),
      ...changes.slice(i + 1, i + 1 + cutReach).map((change) => change ?? 0),
    );
    return changes[i]! > cutFactor * least ? { ...noShape, isCut: true } : shapeOf(measure);
  });
}

/** The least misfit to video, which fits nearly everything: a closer explanation is preferred. */
const videoCost = 0.35;

/** How badly `shape` fits `state`, 0 to 1. */
export function misfit(shape: FieldShape, { kind, order, place }: FieldState): number {
  // Bottom field first is like top field first with `late` and `early` exchanged.
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
