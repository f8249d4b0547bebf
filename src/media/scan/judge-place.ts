import type { FieldOrder } from '../source/source.js';
import type { FieldMeasure } from './field-measure.js';
import { likelyStates, misfitOfKind } from './field-runs.js';
import { misfit, shapeOf, type FieldShape, type FieldState } from './field-states.js';
import { repeatPeriod } from './repeated-frames.js';
import type { Cadence, ScanKind, ScanPlace } from './scan.js';

/** One frame of a place: how it fits the one before, and when it is shown. */
export type FieldStep = {
  readonly measure: FieldMeasure;
  /** Ticks since the frame before; `null` where either has no time. */
  readonly ticks: number | null;
};

/** What is said of one place, without its time. */
export type PlaceJudgement = Omit<ScanPlace, 'time'>;

/** Telling frames, by their weight, below which nothing is said. */
const leastTelling = 3;

/** Mean misfit above which the likeliest explanation is none. */
const worstMisfit = 0.45;

/** By how much video must fit better than whole pictures: it fits nearly everything a little. */
const leastAdvantage = 0.1;

/**
 * How badly the two fields of a frame of video fit together at least, by how much neighbouring
 * lines of one field differ. Real clips as video had 1.3 and more, as whole pictures 0.6; drawn
 * test pictures, whose sharp figures change where they stand, have up to 1.22 as whole pictures.
 */
const leastCombed = 1.25;

/** A kind counts as there when it has this share of the telling frames. */
const noticeable = 0.15;

/** Whether frames are shown for two and for three fields in turn, as film's are on a DVD. */
function isSoftTelecine(steps: readonly FieldStep[]): boolean {
  const ticks = steps.flatMap((step) => (step.ticks === null ? [] : [step.ticks]));
  if (ticks.length < 8) return false;
  const shortest = ticks.toSorted((a, b) => a - b)[ticks.length >> 2]!;
  const near = (factor: number): number =>
    ticks.filter((tick) => Math.abs(tick / shortest - factor) < 0.12).length / ticks.length;
  return near(1) > 0.3 && near(1.5) > 0.3 && near(1) + near(1.5) > 0.9;
}

type Share = { readonly kind: FieldState['kind']; readonly order: FieldOrder | null };

/** How the telling frames are shared between kinds, the largest share first. */
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

/** Whether the frames that are taken for video look combed as they stand. */
function isCombed(states: readonly FieldState[], steps: readonly FieldStep[]): boolean {
  const video = steps.filter((_, i) => states[i]!.kind === 'video');
  const sum = (of: 'same' | 'apart'): number =>
    video.reduce((all, { measure }) => all + measure.moving * measure[of], 0);
  return sum('same') >= leastCombed * sum('apart');
}

/** No video of fields has fewer lines, and in so few one sharp edge is all that tells. */
const leastLines = 96;

/** Judges a place by its frames, in order, of pictures with so many `lines`. */
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
  if (only('progressive')) {
    if (isSoftTelecine(steps)) return film('soft');
    const repeats = repeatPeriod(changes);
    return repeats === null ? say('progressive') : say('repeats', { repeats });
  }
  if (kinds.has('video') && !isCombed(states, steps)) return say('unsure');
  if (only('video')) {
    const clear = misfitOfKind(shapes, 'progressive') - bad / telling > leastAdvantage;
    // The order of fields does not change within a second or two.
    return clear && order !== null ? say('interlaced', { order }) : say('unsure');
  }
  if (only('film')) return film('3:2');
  if (only('shifted')) return film('2:2');
  if (only('progressive', 'shifted')) return film('mixed');
  return say('mixed', { order });
}
