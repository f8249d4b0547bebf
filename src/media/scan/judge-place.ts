import type { FieldOrder } from '../source/source.js';
import type { FieldMeasure } from './field-measure.js';
import { likelyStates, misfitOfKind } from './field-runs.js';
import { misfit, shapesOf, type FieldShape, type FieldState } from './field-states.js';
import { repeatsIn } from './repeated-frames.js';
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
export const leastTelling = 3;

/** With a larger mean misfit, even the likeliest explanation does not count. */
const worstMisfit = 0.45;

/** Video must fit better than progressive by this much, because it fits nearly everything. */
const leastAdvantage = 0.1;

/**
 * How combed frames are: the difference between their fields, divided by that between neighbouring
 * lines of one field. It was 0.7 and less in progressive real clips, 0.87 in noise, 1.04 and more
 * in most real interlaced clips. Progressive drawn test pictures with sharp figures reach 1.5, and
 * 2.0 with noise, but not with fields as little apart as those of video.
 */
const leastCombed = 1;
const clearlyCombed = 2.2;
const surelyWhole = 1.25;

/**
 * Where the difference between fields that video shows half a frame apart may lie, from that within
 * a frame (0) to that between fields one and a half frames apart (1). Noise moves none of the three
 * against the others. It was 0.17 and less in most clips that were made interlaced, with noise and
 * without, and 0.5 in one full of slanted lines; 0.18 and more in progressive drawn ones that
 * seemed combed.
 */
const mostApart = 0.175;
const mostApartIfClear = 0.6;
const surelyApart = 0.45;

/**
 * Full of detail, video is hardly more combed than its own lines differ. But only video has fields
 * of which each fits both its own frame and the next field in time, and so much less the one three
 * fields away: it was 0.06 and less, and 1.6 and more times, in such clips.
 */
const fairlyCombed = 0.5;
const hardlyApart = 0.08;
const farther = 1.5;

/**
 * Between the two: 1.65, 0.19 and 2.2 in a recording in 1080i, 1.29, 0.21 and 2.1 in a drawn test
 * picture of 60 whole frames a second.
 */
const wellCombed = 1.5;
const littleApart = 0.25;
const twiceAsFar = 2;

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

/** A frame with its measure and the state that it probably has. */
export type JudgedFrame = { readonly measure: FieldMeasure; readonly state: FieldState };

/**
 * Progressive frames fit the frame before about as badly by either field: the two differ by 0.04
 * and less in real clips, with noise and strong compression. Video that was compressed so strongly
 * that its combs have blurred still differs by 0.09 and more. Drawn test pictures differ as much,
 * but seem more combed; film that moves up or down may, but is less combed.
 */
const mostOneSided = 0.06;
const leastBlurred = 0.68;
const mostBlurred = 0.95;

/** Whether frames that seem whole may be video whose combs compression has blurred. */
export function mayBeBlurred(frames: readonly JudgedFrame[]): boolean {
  const sums = { same: 0, late: 0, early: 0, apart: 0 };
  frames.forEach(({ measure: { moving, same, late, early, apart } }) => {
    sums.same += moving * same;
    sums.late += moving * late;
    sums.early += moving * early;
    sums.apart += moving * apart;
  });
  const sides = Math.abs(sums.late - sums.early);
  const isOneSided = sides > mostOneSided * (sums.late + sums.early - 2 * sums.same);
  const combed = sums.same / sums.apart;
  return isOneSided && combed >= leastBlurred && combed <= mostBlurred;
}

/** Frames that fit like whole pictures (above), or like pictures woven of two frames (below). */
const likeWhole = 0.5;
const likeWoven = -0.25;

/** If so many frames of what seems video fit like each, it is film in frames of both kinds. */
const leastOfEach = 0.2;

/**
 * Whether what seems video is rather film, whose pictures lie partly in one frame, partly in two.
 */
function isMixedFilm(frames: readonly JudgedFrame[]): boolean {
  let [whole, woven, all] = [0, 0, 0];
  frames.forEach(({ measure: { moving, same, late, early }, state: { kind, order } }) => {
    if (kind !== 'video') return;
    const [near, far] = order === 'bottom' ? [early, late] : [late, early];
    const place = (near - same) / Math.max(0.25, far - Math.min(near, same));
    all += moving;
    if (place > likeWhole) whole += moving;
    if (place < likeWoven) woven += moving;
  });
  return Math.min(whole, woven) > leastOfEach * all;
}

/** Whether those frames are video whose states say so: `null` where that cannot be told. */
export function isVideo(frames: readonly JudgedFrame[]): boolean | null {
  const sums = { same: 0, near: 0, far: 0, apart: 0 };
  frames.forEach(({ measure: { moving, same, late, early, apart }, state: { kind, order } }) => {
    if (kind !== 'video') return;
    sums.same += moving * same;
    sums.near += moving * (order === 'bottom' ? early : late);
    sums.far += moving * (order === 'bottom' ? late : early);
    sums.apart += moving * apart;
  });
  if (isMixedFilm(frames)) return null;
  const place = sums.far > sums.same ? (sums.near - sums.same) / (sums.far - sums.same) : 0;
  const isCombed = (least: number): boolean => sums.same >= least * sums.apart;
  if (isCombed(leastCombed) && place <= mostApart) return true;
  if (isCombed(clearlyCombed) && place <= mostApartIfClear) return true;
  const isFarther = (least: number): boolean => sums.far >= least * sums.same;
  if (isCombed(fairlyCombed) && place <= hardlyApart && isFarther(farther)) return true;
  if (isCombed(wellCombed) && place <= littleApart && isFarther(twiceAsFar)) return true;
  return !isCombed(surelyWhole) && place >= surelyApart ? false : null;
}

/**
 * The combs of a picture that was put together of two frames, divided by those of the frames
 * themselves: 0.86 and more in video, whose fields are as far apart either way; 0.2 and less in
 * most film, 0.65 in film full of fine detail.
 */
const mostLeft = 0.75;

/**
 * Whether those frames are film, with a picture's fields in two frames, whose states say so: its
 * pictures, once put together, are not combed. `false` if they are combed much as before, because
 * the frames are video; `null` where it cannot be told.
 */
export function isShifted(frames: readonly JudgedFrame[]): boolean | null {
  const sums = { same: 0, woven: 0, apart: 0 };
  frames.forEach(({ measure: { moving, same, late, early, apart }, state: { kind, order } }) => {
    if (kind !== 'shifted') return;
    sums.same += moving * same;
    sums.woven += moving * (order === 'bottom' ? early : late);
    sums.apart += moving * apart;
  });
  if (sums.woven < surelyWhole * sums.apart) return true;
  return sums.woven > mostLeft * sums.same ? false : null;
}

/** The frames of film that mix two pictures have at least this weight together. */
const leastMixed = 1;

/** Such a frame has at most this misfit. */
const mostMisfit = 0.5;

/**
 * Whether frames of 3:2 film are among frames that mix two pictures, as two of five do. Where few
 * frames tell anything, whole pictures fit some cadence by chance.
 */
export function hasMixed(shapes: readonly FieldShape[], states: readonly FieldState[]): boolean {
  const weight = states.reduce((sum, state, i) => {
    const { kind, place } = state;
    const isMixed = kind === 'film' && (place === 2 || place === 3);
    return isMixed && misfit(shapes[i]!, state) <= mostMisfit ? sum + shapes[i]!.weight : sum;
  }, 0);
  return weight >= leastMixed;
}

/** Pictures with fewer lines are never judged to have fields: a single sharp edge could mislead. */
export const leastLines = 96;

/** Judges a place by its frames, in order; `lines` is the height of the picture. */
export function judgePlace(steps: readonly FieldStep[], lines: number): PlaceJudgement {
  const judged = judgeFields(steps);
  const hasFields = judged.order !== null || judged.kind === 'mixed';
  if (lines >= leastLines || !hasFields) return judged;
  return { ...judged, kind: 'unsure', order: null, cadence: null };
}

/** Whether something moves in many of the frames, whatever it tells. */
export function moves(steps: readonly FieldStep[]): boolean {
  return steps.filter(({ measure }) => measure.moving > 0.01).length > steps.length / 4;
}

function judgeFields(steps: readonly FieldStep[]): PlaceJudgement {
  const shapes = shapesOf(steps.map(({ measure }) => measure));
  const telling = shapes.reduce((sum, { weight }) => sum + weight, 0);
  const say = (kind: ScanKind, more: Partial<PlaceJudgement> = {}): PlaceJudgement => ({
    kind,
    ...{ order: null, cadence: null, repeats: null },
    frames: steps.length,
    telling: shapes.filter(({ weight }) => weight > 0.1).length,
    ...more,
  });
  if (telling < leastTelling) {
    return say(moves(steps) ? 'unsure' : 'still');
  }
  const likely = likelyStates(shapes);
  // A scene's first frame differs from the one before in all its fields, and would outweigh others.
  const framesOf = (states: readonly FieldState[]): JudgedFrame[] =>
    steps.flatMap(({ measure }, i) => (shapes[i]!.isCut ? [] : [{ measure, state: states[i]! }]));
  const weaves = isShifted(framesOf(likely));
  const states = likely.map((state) =>
    state.kind === 'shifted' && weaves === false ? { ...state, kind: 'video' as const } : state,
  );
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
  const sure = kinds.has('video') ? isVideo(framesOf(states)) : null;
  // Sharp drawn figures may pass for video, as which nearly everything fits.
  const isDrawn = sure === false && only('video', 'progressive');
  if (only('progressive') || isDrawn) {
    if (isSoftTelecine(steps)) return film('soft');
    if (mayBeBlurred(framesOf(states))) return say('unsure');
    const repeats = repeatsIn(steps.map(({ measure }) => measure))?.period ?? null;
    return repeats === null ? say('progressive') : say('repeats', { repeats });
  }
  if (kinds.has('video') && sure !== true) return say('unsure');
  if (kinds.has('film') && !hasMixed(shapes, states)) return say('unsure');
  if (kinds.has('shifted') && weaves === null) return say('unsure');
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
