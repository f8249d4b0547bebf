import type { FieldOrder } from '../source/source.js';
import type { FieldMeasure } from './field-measure.js';
import { likelyStates, misfitOfKind } from './field-runs.js';
import { misfit, shapeOf, type FieldShape, type FieldState } from './field-states.js';
import { repeatPeriod } from './repeated-frames.js';
import type { Cadence, ScanKind, ScanPlace } from './scan.js';

/** How one frame follows the frame before it. */
export type FieldStep = {
  readonly measure: FieldMeasure;
  /** Ticks since the frame before; `null` where either has no time. */
  readonly ticks: number | null;
};

/** What was found out about one place, without its time. */
export type PlaceJudgement = Omit<ScanPlace, 'time'>;

/** If the weights of all frames sum to less, nothing is judged. */
const leastTelling = 3;

/** With a larger mean misfit, even the likeliest explanation does not count. */
const worstMisfit = 0.45;

/** Video must fit better than progressive by this much, because it fits nearly everything. */
const leastAdvantage = 0.1;

/**
 * Frames of video must be at least so combed: the difference between their fields, divided by that
 * between neighbouring lines of one field. It was 1.3 and more in real interlaced clips, 0.6 in
 * progressive ones, and up to 1.22 in progressive drawn test pictures with sharp figures.
 */
const leastCombed = 1.25;

/**
 * Where the difference between fields that video shows half a frame apart may lie, from that within
 * a frame (0) to that between fields one and a half frames apart (1). Noise moves none of the three
 * against the others. It was 0.28 and less in clips that were made interlaced, with noise and
 * without; 0.49 and more in progressive drawn ones that seemed combed.
 */
const mostApart = 0.4;
const surelyApart = 0.45;

/** A kind counts if it has at least this share of the frames' weight. */
const noticeable = 0.15;

/** Whether frames are shown for two and three fields by turns, as film is on a DVD. */
function isSoftTelecine(steps: readonly FieldStep[]): boolean {
  const ticks = steps.flatMap((step) => (step.ticks === null ? [] : [step.ticks]));
  if (ticks.length < 8) return false;
  const shortest = ticks.toSorted((a, b) => a - b)[ticks.length >> 2]!;
  const near = (factor: number): number =>
    ticks.filter((tick) => Math.abs(tick / shortest - factor) < 0.12).length / ticks.length;
  return near(1) > 0.3 && near(1.5) > 0.3 && near(1) + near(1.5) > 0.9;
}

type Share = { readonly kind: FieldState['kind']; readonly order: FieldOrder | null };

/** The weight of the frames of each kind and field order, the largest first. */
function sharesOf(states: readonly FieldState[], shapes: readonly FieldShape[]) {
  const shares = new Map<string, Share & { weight: number }>();
  states.forEach(({ kind, order }, i) => {
    const key = `${kind} ${order}`;
    const share = shares.get(key) ?? { kind, order, weight: 0 };
    share.weight += shapes[i]!.weight;
    shares.set(key, share);
  });
  return [...shares.values()].sort((a, b) => b.weight - a.weight);
}

/**
 * Whether those of the frames are video that `states` say are: `null` where that cannot be told.
 */
export function isVideo(
  states: readonly FieldState[],
  steps: readonly FieldStep[],
): boolean | null {
  const sums = { same: 0, near: 0, far: 0, apart: 0 };
  steps.forEach(({ measure: { moving, same, late, early, apart } }, i) => {
    const { kind, order } = states[i]!;
    if (kind !== 'video') return;
    sums.same += moving * same;
    sums.near += moving * (order === 'bottom' ? early : late);
    sums.far += moving * (order === 'bottom' ? late : early);
    sums.apart += moving * apart;
  });
  const place = sums.far > sums.same ? (sums.near - sums.same) / (sums.far - sums.same) : 0;
  if (sums.same >= leastCombed * sums.apart && place <= mostApart) return true;
  return sums.same < leastCombed * sums.apart && place >= surelyApart ? false : null;
}

/** Pictures with fewer lines are never judged to have fields: a single sharp edge could mislead. */
const leastLines = 96;

/** Judges a place by its frames, in order; `lines` is the height of the picture. */
export function judgePlace(steps: readonly FieldStep[], lines: number): PlaceJudgement {
  const judged = judgeFields(steps);
  const hasFields = judged.order !== null || judged.kind === 'mixed';
  if (lines >= leastLines || !hasFields) return judged;
  return { ...judged, kind: 'unsure', order: null, cadence: null };
}

function judgeFields(steps: readonly FieldStep[]): PlaceJudgement {
  const shapes = steps.map(({ measure }) => shapeOf(measure));
  const telling = shapes.reduce((sum, { weight }) => sum + weight, 0);
  const say = (kind: ScanKind, more: Partial<PlaceJudgement> = {}): PlaceJudgement => ({
    kind,
    ...{ order: null, cadence: null, repeats: null },
    frames: steps.length,
    telling: shapes.filter(({ weight }) => weight > 0.1).length,
    ...more,
  });
  const changes = steps.map(({ measure }) => (measure.top + measure.bottom) / 2);
  if (telling < leastTelling) {
    const moves = steps.filter(({ measure }) => measure.moving > 0.01).length;
    return say(moves > steps.length / 4 ? 'unsure' : 'still');
  }
  const states = likelyStates(shapes);
  const bad = states.reduce((sum, s, i) => sum + shapes[i]!.weight * misfit(shapes[i]!, s), 0);
  if (bad / telling > worstMisfit) return say('unsure');
  const all = sharesOf(states, shapes);
  const kept = all.filter(({ weight }) => weight / telling > noticeable);
  const kinds = new Set(kept.map(({ kind }) => kind));
  const orders = new Set(kept.flatMap(({ order }) => (order === null ? [] : [order])));
  const order = orders.size === 1 ? [...orders][0]! : null;
  const film = (cadence: Cadence): PlaceJudgement => say('telecine', { order, cadence });
  const only = (...wanted: readonly FieldState['kind'][]): boolean =>
    [...kinds].every((kind) => wanted.includes(kind));
  const sure = kinds.has('video') ? isVideo(states, steps) : null;
  // Sharp drawn figures may pass for video, as which nearly everything fits.
  const isDrawn = sure === false && only('video', 'progressive');
  if (only('progressive') || isDrawn) {
    if (isSoftTelecine(steps)) return film('soft');
    const repeats = repeatPeriod(changes);
    return repeats === null ? say('progressive') : say('repeats', { repeats });
  }
  if (kinds.has('video') && sure !== true) return say('unsure');
  if (only('video')) {
    const clear = misfitOfKind(shapes, 'progressive') - bad / telling > leastAdvantage;
    // The field order does not change within the seconds of one place.
    return clear && order !== null ? say('interlaced', { order }) : say('unsure');
  }
  if (only('film')) return film('3:2');
  if (only('shifted')) return film('2:2');
  if (only('progressive', 'shifted')) return film('mixed');
  return say('mixed', { order });
}
