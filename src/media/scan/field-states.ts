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

/** Whether a frame of this state shows one picture, whose lines fit together. */
export function isWhole({ kind, place }: FieldState): boolean {
  return kind === 'progressive' || (kind === 'film' && place !== 2 && place !== 3);
}

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

/** Three fits on a logarithmic scale from 0, the smallest, to 1, the largest. */
export type Fits = {
  readonly same: number;
  readonly late: number;
  readonly early: number;
  /** How much the frame counts: 0 if nothing moves or all fits are equal, otherwise below 1. */
  readonly weight: number;
};

/** How a frame's fields fit each other and the fields of the frame before. */
export type FieldShape = Fits & {
  /**
   * How the frame's fields fit each other and those of the frame after it: `late` and `early` are
   * that one's. `null` where that tells nothing.
   */
  readonly ahead: Fits | null;
  /** Whether the frame shows another scene than the one before. */
  readonly isCut: boolean;
};

/** Fits that tell nothing. */
const noFits: Fits = { same: 0, late: 0, early: 0, weight: 0 };

function fitsOf({
  same,
  late,
  early,
  moving,
}: Omit<FieldMeasure, 'apart' | 'top' | 'bottom'>): Fits {
  const logs = [same, late, early].map((value) => Math.log(value + 0.25));
  const least = Math.min(...logs);
  const spread = Math.max(...logs) - least;
  if (moving < leastMoving || spread < leastSpread) return noFits;
  const [s, l, e] = logs.map((value) => (value - least) / spread) as [number, number, number];
  const weight = (spread - leastSpread) / (spread + usualSpread);
  return { same: s, late: l, early: e, weight };
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
  const cuts = measures.map((_, i) => {
    const least = Math.max(
      leastCut / cutFactor,
      ...changes.slice(Math.max(0, i - cutReach), i).map((change) => change ?? 0),
      ...changes.slice(i + 1, i + 1 + cutReach).map((change) => change ?? 0),
    );
    return (changes[i] ?? 0) > cutFactor * least;
  });
  return measures.map((measure, i) => {
    const isCut = cuts[i]!;
    if (measure === null || isCut) return { ...noFits, ahead: null, isCut };
    const next = measures[i + 1] ?? null;
    if (next === null || cuts[i + 1]) return { ...fitsOf(measure), ahead: null, isCut };
    const { late, early } = next;
    const moving = Math.min(measure.moving, next.moving);
    const ahead = fitsOf({ same: measure.same, late, early, moving });
    return { ...fitsOf(measure), ahead: ahead.weight === 0 ? null : ahead, isCut };
  });
}

/** The least misfit to video, which fits nearly everything: a closer explanation is preferred. */
const videoCost = 0.35;

/** How badly the fields of a frame fit those of the frame before if it is of `state`, 0 to 1. */
export function misfit(fits: Fits, { kind, order, place }: FieldState): number {
  const { whole, mixed, video, repeated } = misfits(fits, order);
  if (kind !== 'film') return { progressive: whole, shifted: mixed, video }[kind];
  return place < 2 ? whole : place < 4 ? mixed : repeated;
}

/** How badly they fit those of the frame after it, 0 to 1; `null` where that tells nothing. */
export function misfitAhead({ ahead }: FieldShape, { kind, order, place }: FieldState) {
  if (ahead === null) return null;
  const { whole, mixed, video, repeated } = misfits(ahead, order);
  if (kind !== 'film') return { progressive: whole, shifted: mixed, video }[kind];
  return place === 1 ? repeated : place === 2 || place === 3 ? mixed : whole;
}

/** How badly fits are those of two whole pictures, of video, and of film's other frames. */
function misfits({ same, late, early }: Fits, order: FieldOrder | null) {
  // Bottom field first is like top field first with `late` and `early` exchanged.
  const [near, far] = order === 'bottom' ? [early, late] : [late, early];
  return {
    whole: Math.min(1, 3 * Math.max(0, Math.abs(near - far) - 0.08) + 3 * same),
    mixed: Math.min(1, 3 * near + 3 * (1 - far) + 3 * Math.max(0, 0.3 - same)),
    video: Math.min(1, videoCost + 2 * (1 - far)),
    repeated: Math.min(1, 2 * Math.max(same, near) + 3 * (1 - far)),
  };
}
